/** The inspector's page: creates its parts and starts them. */

import { createRoot } from 'react-dom/client';
import { createAnnouncer } from '../shared/announcer.ts';
import { required } from '../shared/dom.ts';
import { App } from './app.tsx';
import { createInspector } from './session/inspector.ts';

const announcer = createAnnouncer();
document.body.append(announcer.root);

const url = `${location.protocol === 'https:' ? 'wss:' : 'ws:'}//${location.host}/inspector/feed`;
const inspector = createInspector(url, announcer);
window.addEventListener('online', () => inspector.client.checkNetwork());
inspector.client.connect();

const main = required('#inspector', 'main');
// The hash is the address of a view: the skip link must not change it.
required('.skip', 'a').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});

const statusPlace = required('#link', 'div');
statusPlace.replaceChildren();
createRoot(main).render(<App inspector={inspector} statusPlace={statusPlace} />);
