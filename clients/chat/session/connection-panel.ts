/** Shows the state of the connection, with buttons to connect and to disconnect. */

import type { Announcer } from '../../shared/announcer.ts';
import { createChartStrip } from '../../shared/chart-strip.ts';
import { element } from '../../shared/dom.ts';
import type { Closure } from '../../shared/wire.ts';
import type { ConnectionState } from './session-states.ts';

/** How often the countdown is updated. */
const COUNTDOWN_INTERVAL_MS = 250;

export interface ConnectionPanel {
  /** The status line. */
  readonly status: HTMLElement;
  readonly connectButton: HTMLElement;
  readonly disconnectButton: HTMLElement;
  /** The life cycle of the connection, with the current state lit. */
  readonly chart: HTMLElement;
  show(connection: ConnectionState): void;
}

export interface ConnectionPanelOptions {
  readonly connect: () => void;
  readonly disconnect: () => void;
  readonly announcer: Announcer;
  /** The states that the connection of this page has, in the order of the chart. */
  readonly states: readonly ConnectionState['name'][];
}

export function createConnectionPanel(options: ConnectionPanelOptions): ConnectionPanel {
  const { connect, disconnect, announcer, states } = options;
  const status = element('p', {
    class: 'connection-status',
    'data-testid': 'connection-status',
    'data-state': 'closed',
    tabindex: '-1',
  });
  const connectButton = element('button', { type: 'button', class: 'primary' });
  const disconnectButton = element('button', { type: 'button' }, 'Disconnect');
  const chart = createChartStrip(states);
  let countdown = 0;

  connectButton.addEventListener('click', connect);
  disconnectButton.addEventListener('click', disconnect);

  return {
    status,
    connectButton,
    disconnectButton,
    chart: chart.root,
    show(connection) {
      clearInterval(countdown);
      status.dataset['state'] = connection.name;
      chart.show(connection.name);
      const words = describeState(connection);
      connectButton.textContent = connection.name === 'closed' ? 'Connect' : 'Reconnect now';
      setShown(connectButton, words === RECONNECTING || connection.name === 'closed');
      setShown(disconnectButton, connection.name !== 'closed');
      status.textContent = words;
      announcer.announce(words);
      if (connection.name !== 'waiting') return;
      const tick = (): void => {
        const seconds = Math.max(0, Math.ceil((connection.retryAt - Date.now()) / 1_000));
        status.textContent = `${words} in ${seconds} s`;
      };
      tick();
      countdown = window.setInterval(tick, COUNTDOWN_INTERVAL_MS);
    },
  };

  /** When a focused button is hidden, the focus moves to the status, and never to the button that does the opposite. */
  function setShown(button: HTMLButtonElement, shown: boolean): void {
    if (!shown && document.activeElement === button) status.focus();
    button.hidden = !shown;
  }
}

const RECONNECTING = 'Reconnecting';

function describeState(connection: ConnectionState): string {
  switch (connection.name) {
    case 'connecting':
      return connection.again === true ? RECONNECTING : 'Connecting…';
    case 'open':
      return 'Connected';
    case 'waiting':
      return RECONNECTING;
    case 'closed':
      return 'Disconnected';
  }
}

/** Why nothing can be sent now; `undefined` while the connection is open. */
export function describeOffline(connection: ConnectionState): string | undefined {
  switch (connection.name) {
    case 'open':
      return undefined;
    case 'connecting':
    case 'waiting':
      return connection.name === 'waiting' || connection.again === true
        ? 'The connection is lost. You can write again when it is back.'
        : 'Connecting. You can write as soon as the connection is there.';
    case 'closed':
      return 'You are not connected. Connect to write.';
  }
}

/** The reason why a connection ended, where it is known and useful. */
export function describeClosure(connection: ConnectionState): string | undefined {
  if (connection.name === 'open' || connection.closure === undefined) return undefined;
  const { closure } = connection;
  if (connection.name === 'closed') {
    return `The server closed this connection and asks clients not to reconnect: ${describeCode(closure)}.`;
  }
  if (closure.code === SHUTDOWN_CODE) return 'The server is shutting down or restarting.';
  if (closure.code === SLOW_CODE) return 'This page read its messages too slowly.';
  return undefined;
}

function describeCode({ code, reason }: Closure): string {
  return reason === '' ? `code ${code}` : `${reason} (code ${code})`;
}

const SHUTDOWN_CODE = 3001;
const SLOW_CODE = 3008;
