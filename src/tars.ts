/** The public entry `statecast/tars`: what modules generated from .tars files import, and what carries their calls. */

export * from './tars/runtime.ts';
