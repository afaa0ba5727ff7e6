/** Shows the state of the connection, with buttons to connect and to disconnect. */

import type { Announcer } from '../../shared/announcer.ts';
import { element } from '../../shared/dom.ts';
import { createConnectionChart } from './connection-chart.ts';
import type { ConnectionState } from '../connection/room-client.ts';

/** How often the countdown is updated. */
const COUNTDOWN_INTERVAL_MS = 250;

export interface ConnectionPanel {
  /** The status line. */
  readonly status: HTMLElement;
  /** Its buttons. */
  readonly controls: HTMLElement;
  /** The chart of the life cycle, for layouts that have room for it. */
  readonly chart: SVGElement;
  show(connection: ConnectionState): void;
}

export interface ConnectionPanelOptions {
  readonly connect: () => void;
  readonly disconnect: () => void;
  readonly announcer: Announcer;
}

export function createConnectionPanel(options: ConnectionPanelOptions): ConnectionPanel {
  const { connect, disconnect, announcer } = options;
  const status = element('p', {
    class: 'connection-status',
    'data-testid': 'connection-status',
    'data-state': 'closed',
    tabindex: '-1',
  });
  const connectButton = element('button', { type: 'button', class: 'primary' });
  const disconnectButton = element('button', { type: 'button' }, 'Disconnect');
  const controls = element('div', { class: 'controls' }, connectButton, disconnectButton);
  const chart = createConnectionChart();
  let countdown = 0;

  connectButton.addEventListener('click', connect);
  disconnectButton.addEventListener('click', disconnect);

  return {
    status,
    controls,
    chart: chart.root,
    show(connection) {
      clearInterval(countdown);
      status.dataset['state'] = connection.name;
      chart.show(connection.name);
      connectButton.textContent = connection.name === 'waiting' ? 'Reconnect now' : 'Connect';
      setShown(connectButton, connection.name === 'waiting' || connection.name === 'closed');
      setShown(disconnectButton, connection.name !== 'closed');
      const words = STATUS_WORDS[connection.name];
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

const STATUS_WORDS: Record<ConnectionState['name'], string> = {
  connecting: 'Connecting…',
  open: 'Connected',
  waiting: 'Reconnecting',
  closed: 'Disconnected',
};

/** The reason why a connection ended, where it is known and useful. */
export function describeClosure(connection: ConnectionState): string | undefined {
  if (connection.name !== 'waiting' && connection.name !== 'closed') return undefined;
  const { closure } = connection;
  if (closure === undefined) return undefined;
  if (connection.name === 'closed') {
    const reason =
      closure.reason === '' ? `code ${closure.code}` : `${closure.reason} (code ${closure.code})`;
    return `The server closed this connection and asks clients not to reconnect: ${reason}.`;
  }
  if (closure.code === SHUTDOWN_CODE) return 'The server is shutting down or restarting.';
  if (closure.code === SLOW_CODE) return 'This page read its messages too slowly; some messages are lost.';
  return undefined;
}

const SHUTDOWN_CODE = 3001;
const SLOW_CODE = 3008;
