/** The page `docs/configuration.md`: a fixed introduction, and a table made from the schema. */

import { FIELDS, type Field } from './schema/fields.ts';

const INTRODUCTION = `# Configuration

<!-- Made by \`statecast config --docs > docs/configuration.md\`. The text is in src/config/configuration-page.ts,
     the table comes from the schema in src/config/schema/schema.ts. -->

A server runs without any configuration. What you set comes from four places; a later one wins:

1. the default,
2. a JSON file, named by \`--config FILE\` or else by the variable \`STATECAST_CONFIG\`,
3. environment variables,
4. flags of the command line.

\`statecast config\`, with the flags and the environment of the server, prints the values that would be in effect.

## The file

\`\`\`json
{
  "host": "0.0.0.0",
  "http": { "apiKey": "at least 12 characters" },
  "limits": { "roomCapacity": 5000 },
  "rooms": {
    "lobby": { "capacity": 500 },
    "game:*": { "capacity": 16, "messagesPerSecond": 100 }
  }
}
\`\`\`

The setting \`limits.roomCapacity\` of the table is \`roomCapacity\` in the object \`limits\`. A relative \`dataDir\`
is relative to the working directory of the server, not to the file.

The keys of \`rooms\` are exact room names, or prefixes that end in one \`*\`. If several keys match a room, only the
longest counts. \`capacity\` is the largest number of members of such a room (a whole number), \`messagesPerSecond\`
the largest number of messages published in it (any number above 0), \`rpc\` the list of TARS functions that the room
may call. \`history\` says what is kept of its publications: at most \`size\` of them (0 to 100,000), for \`ttlSeconds\` after the
latest one (1 to 2,592,000; 300 if it is left out). Without them the room has the capacity \`limits.roomCapacity\`, no limit
on messages, no calls and no history.

\`history.recover\` says what a client that comes back gets: \`true\` all that it missed, \`"cache"\` the latest publication,
\`false\` nothing. With \`joinLeave\` members are told who joins and leaves. With \`delta\`, clients that ask for it get what
has changed since the publication before. With \`explain\`, errors about the room tell clients of the SDKs on what grounds
they are, as \`data\` ([why.md](why.md)): for development, or for rooms whose rules everybody may know. \`may\` says who may do what ([access.md](access.md)):

\`\`\`json
{
  "rooms": {
    "chat:*": {
      "may": { "join": "users", "publish": "members", "presence": "members", "history": "members", "rpc": "nobody" },
      "history": { "size": 100, "recover": true },
      "joinLeave": true
    }
  }
}
\`\`\`

## Keys of the server API

\`http.apiKey\` is one key with all rights. \`http.apiKeys\` has more, each with what it is for:

\`\`\`json
{
  "http": {
    "apiKeys": [
      { "name": "shop", "key": "at least 12 characters", "allow": ["publish", "broadcast"] },
      { "name": "chat", "key": "another 12 characters", "rooms": ["chat:*"], "requestsPerSecond": 100 }
    ]
  }
}
\`\`\`

\`allow\` names the [methods](api.md); without it the key is for all. \`rooms\` has names and prefixes that end in \`*\`; without it
the key is for all rooms. A method that is about no room, such as \`disconnect\`, is for a key with \`rooms\` only if \`allow\`
names it. \`requestsPerSecond\` bounds the requests; each command of a batch is one. The log has the name of a key and never
the key.
The items of \`webhooks\` say who is told of what has happened ([webhooks.md](webhooks.md)).

## Variables

Numbers are decimal. \`true\` and \`1\` mean yes, \`false\` and \`0\` mean no. Commas separate the items of a list.
\`rooms\`, \`http.apiKeys\`, \`webhooks\` and \`tars.servants\` are JSON. Such a value in a variable replaces the one in the file; the two are not merged.

A variable that begins with \`STATECAST_\` and is not in the table is a mistake, because most likely it is misspelt.
In Kubernetes, a Service named \`statecast\` sets such variables in every pod of its namespace: give the Service
another name, or set \`enableServiceLinks: false\` in the pod.

## Mistakes

The server does not start with a configuration that has mistakes. It prints all of them, each with the setting, the
given value, its source and what is allowed, and exits with code 2. A mistake in the file counts even if a variable
or a flag overrides the value. Secrets are never printed.

The server listens on this machine only, unless \`host\` says otherwise. With another host it also needs
\`http.apiKey\` or \`http.apiKeys\`, so that not everybody can push messages into rooms over HTTP; or \`http.open\`, if everybody may.

## TARS

TARS is a framework for microservices. A *servant* is a service of another TARS server, whose functions Statecast can
call for its rooms. The settings \`tars.*\` and \`rpc\` are about servants; without any, leave them out.

## Settings

`;

/** Renders the page; `statecast config --docs` prints it. */
export function renderConfigurationPage(): string {
  return INTRODUCTION + renderSettingsTable();
}

const COLUMNS = ['Setting', 'Environment', 'Flag', 'Default', 'Allowed', 'Meaning'];

/** Renders all settings as a Markdown table, in the order of the schema. */
export function renderSettingsTable(): string {
  const rows = [COLUMNS, COLUMNS.map(() => '---'), ...FIELDS.map(toCells)];
  return rows.map((cells) => `| ${cells.map(escapeBars).join(' | ')} |\n`).join('');
}

function toCells(field: Field): string[] {
  const { path, variable, flag, defaultValue, allowed, meaning } = field;
  const shownDefault = defaultValue === undefined ? 'none' : code(JSON.stringify(defaultValue));
  return [
    code(path),
    code(variable),
    flag === undefined ? '' : code(flag),
    shownDefault,
    escapeStars(allowed),
    meaning,
  ];
}

function code(text: string): string {
  return `\`${text}\``;
}

/** A bar ends a cell, even inside code. */
function escapeBars(cell: string): string {
  return cell.replaceAll('|', '\\|');
}

/** Markdown would read two stars as emphasis. */
function escapeStars(text: string): string {
  return text.replaceAll('*', '\\*');
}
