import { describeBytes } from './contract/bytes-contract.ts';
import { describeNetworkTransport } from './contract/network-contract.ts';
import { createWsTransport } from './ws.ts';

describeNetworkTransport('ws', createWsTransport, './ws.ts');
describeBytes(createWsTransport, new Set());
