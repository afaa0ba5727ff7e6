import { expect, test } from 'vitest';
import { explainFailure, loadUws, type Machine } from './load.ts';

const DEBIAN: Machine = { node: '24.1.0', abi: '137', platform: 'linux', arch: 'x64', glibc: '2.36' };

/** What the package of uWebSockets.js puts before the error of its binary. */
function refused(cause: string): Error {
  return new Error(`This version of uWS.js supports only Node.js versions 20 and 22.\n\nError: ${cause}`);
}

test.each<[string, Error, Machine]>([
  [
    'it is not installed',
    new Error("Cannot find module 'uWebSockets.js'\nRequire stack:\n- /app/load.js"),
    DEBIAN,
  ],
  [
    'it has no binary for Node.js 26.0.0 (ABI 147) on linux x64',
    refused("Cannot find module './uws_linux_x64_147.node'\nRequire stack:\n- /app/uws.js"),
    { ...DEBIAN, node: '26.0.0', abi: '147' },
  ],
  [
    'its binary for Node.js 24.1.0 needs glibc 2.38, and this machine has 2.36',
    refused("/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.38' not found (required by /app/uws.node)"),
    DEBIAN,
  ],
  [
    'its binaries need glibc, which this machine does not have',
    refused('Error loading shared library ld-linux-x86-64.so.2: No such file or directory'),
    { ...DEBIAN, glibc: undefined },
  ],
  [
    'its binary for Node.js 24.1.0 does not load: Error: /app/uws.node: file too short',
    refused('/app/uws.node: file too short'),
    DEBIAN,
  ],
])('it tells that %s', (why, error, machine) => {
  expect(explainFailure(error, machine)).toBe(why);
});

test('it is loaded once, or it is told why not', () => {
  const loaded = loadUws();
  expect(loadUws()).toBe(loaded);
  expect(loaded.uws === undefined ? loaded.why : typeof loaded.uws.App).toMatch(/^(function$|its? )/);
});
