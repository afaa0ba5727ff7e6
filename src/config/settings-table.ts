/** The table of all settings in `docs/configuration.md`. Everything in it comes from the schema. */

import { FIELDS, type Field } from './schema/fields.ts';

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
