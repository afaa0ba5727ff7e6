/** The page `docs/configuration.md`: an introduction by hand, and the table that the schema gives. */

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
  "http": { "apiKey": "at least 16 characters" },
  "limits": { "roomCapacity": 5000 },
  "rooms": {
    "lobby": { "capacity": 500 },
    "game:*": { "capacity": 16, "messagesPerSecond": 100 }
  }
}
\`\`\`

A setting \`limits.roomCapacity\` of the table is \`roomCapacity\` in the object \`limits\`. A relative \`dataDir\`
starts at the working directory of the server, in the file as everywhere else.

The keys of \`rooms\` are exact room names, or prefixes of them that end in one \`*\`. Of several that match a
room the longest counts, and only that one. \`capacity\` is how many members such a room takes (a whole number),
\`messagesPerSecond\` how many messages may be published in it (any number above 0). Without them the
room has the capacity \`limits.roomCapacity\` and no limit on messages.

## Variables

Numbers are decimal. \`true\` and \`1\` mean yes, \`false\` and \`0\` no. Items of a list have commas between them. \`rooms\`
is JSON. A list or \`rooms\` in a variable takes the place of the one in the file; the two are not mixed.

A variable that begins with \`STATECAST_\` and is not in the table stops the server, since most likely
it is misspelt. In Kubernetes, a Service that is named \`statecast\` makes such variables in every pod of its
namespace: give the Service another name, or set \`enableServiceLinks: false\` in the pod.

## Mistakes

The server does not start with a configuration that has mistakes. It prints all of them, with the setting, what
was given, where, and what is allowed, and exits with code 2. A mistake in the file counts even if a variable or
a flag sets the same value. Secrets are never printed.

The server listens on this machine only, unless \`host\` says otherwise. Then it also wants \`http.apiKey\`, so that
not everybody who reaches it can push messages into rooms by HTTP; or \`http.open\`, if everybody may.

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

/** Allowed values are plain text for problems too, and Markdown would read two stars as emphasis. */
function escapeStars(text: string): string {
  return text.replaceAll('*', '\\*');
}
