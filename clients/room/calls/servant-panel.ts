/** Calls the example servant and shows the answer, the time it took and how the servant is. */

import type { Announcer } from '../../shared/announcer.ts';
import { createChartStrip } from '../../shared/chart-strip.ts';
import { element, setAttribute } from '../../shared/dom.ts';
import type { Health } from '../../shared/health.ts';
import {
  describeFailure,
  describeTime,
  SERVANT_STATES,
  readServantState,
  type CallArguments,
  type CallOutcome,
} from './call-words.ts';
import { createChoice } from '../../shared/choice.ts';
import { createPolling } from '../../shared/polling.ts';
import { SERVANT, SERVANT_FUNCTIONS, type ServantFunction } from './servant-functions.ts';

const STATE_INTERVAL_MS = 3_000;
/** The answer repeats the text, so a limit keeps it to a few lines. In UTF-16 units. */
const MAX_TEXT_LENGTH = 120;

export interface ServantPanelOptions {
  readonly call: (method: string, args: CallArguments) => Promise<CallOutcome>;
  readonly askHealth: () => Promise<Health | undefined>;
  readonly announcer: Announcer;
}

export interface ServantPanel {
  readonly root: HTMLElement;
  /** Shows how the servant is; hides the panel where the server runs no example servant. */
  show(health: Health): void;
  /** Whether the page is visible. */
  setVisible(visible: boolean): void;
}

export function createServantPanel(options: ServantPanelOptions): ServantPanel {
  const { call, askHealth, announcer } = options;
  const choices = SERVANT_FUNCTIONS.map((each) => createChoice('function', each.name, each.name));
  const fieldLabel = element('label', { for: 'call-text' });
  const text = element('input', {
    id: 'call-text',
    type: 'text',
    autocomplete: 'off',
    maxlength: String(MAX_TEXT_LENGTH),
  });
  const button = element('button', { type: 'submit' }, 'Call');
  const form = element(
    'form',
    { class: 'call', 'aria-label': 'Call a servant' },
    element(
      'fieldset',
      { class: 'functions' },
      element('legend', { class: 'visually-hidden' }, 'Function'),
      element('div', { class: 'segments' }, ...choices.map(({ label }) => label)),
    ),
    fieldLabel,
    element('div', { class: 'call-line' }, text, button),
  );
  const words = element('p', { class: 'words', dir: 'auto', 'data-testid': 'call-answer' }, 'No call yet.');
  const time = element('p', { class: 'remark', 'data-testid': 'call-time' });
  const strip = createChartStrip(SERVANT_STATES);
  const state = element('p', { class: 'remark', 'data-testid': 'servant-state' });
  const fold = element(
    'details',
    { open: true },
    element('summary', {}, element('h2', {}, 'Call a servant')),
    form,
    element('div', { class: 'answer' }, words, time),
    element('div', { class: 'health' }, strip.root, state),
  );
  const root = element('section', { class: 'servant', 'data-testid': 'servant-panel', hidden: true }, fold);
  const polling = createPolling({
    ask: askHealth,
    intervalMs: STATE_INTERVAL_MS,
    listener: (health) => (health === undefined ? showState(undefined) : show(health)),
  });
  let visible = false;
  let calling = false;

  if (choices[0] !== undefined) choices[0].input.checked = true;
  showField();
  form.addEventListener('change', showField);
  form.addEventListener('submit', (event) => {
    event.preventDefault();
    if (!calling) void makeCall(chosen());
  });
  fold.addEventListener('toggle', watch);

  return {
    root,
    show,
    setVisible(next) {
      visible = next;
      watch();
    },
  };

  function show(health: Health): void {
    const appears = root.hidden && health.demo;
    root.hidden = !health.demo;
    showState(health.servants[SERVANT]);
    if (appears) watch();
  }

  function showState(path: string | undefined): void {
    const reading = readServantState(path);
    strip.show(reading.state);
    state.textContent = reading.words;
    setAttribute(state, 'data-state', reading.state);
  }

  function watch(): void {
    polling.setVisible(visible && fold.open && !root.hidden);
  }

  function chosen(): ServantFunction {
    const index = choices.findIndex(({ input }) => input.checked);
    return SERVANT_FUNCTIONS[index] ?? SERVANT_FUNCTIONS[0];
  }

  function showField(): void {
    fieldLabel.textContent = chosen().field;
  }

  async function makeCall({ name, toArguments, describe }: ServantFunction): Promise<void> {
    setCalling(true);
    const startedAt = performance.now();
    const outcome = await call(`${SERVANT}.${name}`, toArguments(text.value));
    const ms = performance.now() - startedAt;
    setCalling(false);
    const failure = describeFailure(outcome);
    words.textContent = failure ?? (outcome.type === 'result' ? describe(outcome.result) : '');
    setAttribute(words, 'data-kind', failure === undefined ? 'result' : 'error');
    time.textContent = describeTime(outcome, ms) ?? '';
    announcer.announce(`${words.textContent} ${time.textContent}`);
    polling.refresh();
  }

  function setCalling(next: boolean): void {
    calling = next;
    // Not `disabled`: a disabled button loses the focus, here at each call.
    setAttribute(button, 'aria-disabled', calling ? 'true' : undefined);
  }
}
