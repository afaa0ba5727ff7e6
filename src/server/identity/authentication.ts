/** Finds out who clients are: by tokens, and by the user's own function. It knows no connections. */

import type {
  Authenticator,
  Handshake,
  Identity,
  IdentityOutcome,
} from '../../actors/connection/authenticator.ts';
import type { Question, QuestionAsker, QuestionOutcome } from '../../actors/backend/asking.ts';
import type { ProofOutcome, RoomGrant } from '../../actors/room/ports.ts';
import type { TokenMark } from '../../actors/room/rules/revocation-check.ts';
import { DEFAULT_BOUNDARY } from '../../actors/room/rules/rules.ts';
import type { JoinRefusal } from '../../actors/room/room-options.ts';
import { readToken } from '../../auth/handshake-token.ts';
import type { ConnectionClaims } from '../../auth/token-claims.ts';
import type { TokenVerifier } from '../../auth/token-outcome.ts';
import type { Settings } from '../../config/schema/settings.ts';
import type { EventSink } from '../../events/server-events.ts';
import type { ConnectRequest, Json, MemberInfo } from '../../protocol/command.ts';
import { createRefusal } from '../../protocol/errors.ts';
import type { Clock } from '../../system/clock.ts';
import { settleInTime } from '../../system/settle-in-time.ts';
import type { ConnectResult } from '../hooks/read-answer.ts';
import { readAnswer } from './authenticate-answer.ts';

/** What `authenticate` is told of a client. */
export interface ClientRequest {
  /** From the command `connect`; on the line protocol from the handshake: see `docs/access.md`. */
  readonly token?: string;
  /** What the token says, if the settings `auth` have a key; the token is valid then. */
  readonly claims?: ConnectionClaims;
  /** What the client has added to `connect`. */
  readonly data?: Json;
  /** The query of the handshake. */
  readonly query: URLSearchParams;
  /** The headers of the handshake, by lower-case name. */
  readonly headers: Readonly<Record<string, string>>;
  /** Headers that the client has named in `connect`. Nothing vouches for them. */
  readonly claimedHeaders: Readonly<Record<string, string>>;
  /** The name and version of the client's program, as it has named them. */
  readonly name?: string;
  readonly version?: string;
  /** The IP address of the client, or of the proxy before it. */
  readonly address: string;
  /** The name of the protocol: `line`, `centrifuge`, or that of a codec of your own. */
  readonly protocol: string;
  /** Aborted when the answer is late, or the client is gone. */
  readonly signal: AbortSignal;
}

/** What `authenticate` answers. What is left out is taken from the token, if there is one. */
export interface ClientIdentity<MemberData = unknown> {
  /** Absent: the client is anonymous. */
  readonly user?: string;
  /** For other clients: they get it with presence, joins, leaves and publications. */
  readonly info?: Json;
  /** For your handlers, as `member.data`. It is never sent. */
  readonly data?: MemberData;
  /** For the client itself, with the answer to `connect`. */
  readonly answer?: Json;
  /** When this ends: a date, or milliseconds since 1970. Default: never. */
  readonly expiresAt?: Date | number;
  /** Rooms to which the server joins the client: names, or what is said of the client in each room. */
  readonly rooms?:
    | readonly string[]
    | Readonly<Record<string, { readonly info?: Json; readonly data?: Json }>>;
}

export type Authenticate<MemberData = unknown> = (
  client: ClientRequest,
) =>
  | ClientIdentity<MemberData>
  | JoinRefusal
  | void
  | Promise<ClientIdentity<MemberData> | JoinRefusal | void>;

export interface AuthenticationInput {
  readonly settings: Pick<Settings, 'auth' | 'limits'>;
  readonly verifier: TokenVerifier | undefined;
  readonly authenticate: Authenticate | undefined;
  /** Asked of clients that show no token which can be checked. */
  readonly question?: Question<ConnectRequest, ConnectResult> | undefined;
  readonly clock: Clock;
  readonly events: EventSink;
}

const LATE = 'authenticate has outlived its deadline';
const LEFT = 'the client has gone';
const FAILED = createRefusal('internal', 'who you are could not be found out, try again later');
const INVALID: IdentityOutcome = { type: 'closed', close: 'invalidToken' };

/** Returns undefined where everybody is believed to be anonymous, and no token can be checked. */
export function createAuthenticator(input: AuthenticationInput): Authenticator | undefined {
  const { settings, verifier, authenticate, question } = input;
  const { auth } = settings;
  const isUnasked = verifier === undefined && authenticate === undefined && question === undefined;
  const isOpen = isUnasked && (auth.anonymous || auth.insecure);
  return isOpen ? undefined : new TokenAuthenticator(input);
}

class TokenAuthenticator implements Authenticator {
  readonly #input: AuthenticationInput;

  constructor(input: AuthenticationInput) {
    this.#input = input;
  }

  get refreshes(): boolean {
    return this.#input.verifier !== undefined;
  }

  async identify(
    request: ConnectRequest,
    handshake: Handshake,
    asker: QuestionAsker,
    gone: AbortSignal,
  ): Promise<IdentityOutcome> {
    const token = request.token ?? readToken(handshake);
    const { verifier, authenticate } = this.#input;
    let claims: ConnectionClaims | undefined;
    if (token !== undefined && token !== '' && verifier !== undefined) {
      const outcome = await this.#verify(verifier, token);
      if ('type' in outcome) return outcome;
      ({ claims } = outcome);
    }
    if (gone.aborted) return { type: 'refused', refusal: FAILED };
    const { question } = this.#input;
    const said =
      claims === undefined && question !== undefined
        ? toSaid(await question.ask(asker, request, gone))
        : undefined;
    if (said !== undefined && 'type' in said) return said;
    const given =
      authenticate === undefined ? undefined : await this.#ask(request, handshake, gone, token, claims);
    if (given !== undefined && 'type' in given) return given;
    if (given === undefined && claims === undefined && said === undefined) return this.#allowAnonymous();
    return { type: 'known', identity: this.#toIdentity(given ?? {}, claims ?? said) };
  }

  async refresh(token: string, member: MemberInfo): Promise<IdentityOutcome> {
    const { verifier } = this.#input;
    if (verifier === undefined) return { type: 'refused', refusal: createRefusal('notAvailable') };
    const outcome = await this.#verify(verifier, token);
    if ('type' in outcome) {
      const isExpired = outcome.type === 'refused' && outcome.refusal.error === 'tokenExpired';
      return isExpired ? { type: 'closed', close: 'expired' } : outcome;
    }
    const { claims } = outcome;
    if (claims.user !== (member.user ?? '')) return INVALID;
    return { type: 'known', identity: this.#toIdentity({}, claims) };
  }

  async prove(room: string, token: string, member: MemberInfo): Promise<ProofOutcome> {
    const { verifier, settings } = this.#input;
    const denied = createRefusal('permissionDenied', `the token for ${room} is not valid`);
    if (verifier === undefined) {
      return settings.auth.insecure ? { type: 'granted', grant: {} } : { type: 'refused', refusal: denied };
    }
    const outcome = await verifier.verifySubscription(token);
    switch (outcome.type) {
      case 'expired':
        return { type: 'refused', refusal: createRefusal('tokenExpired') };
      case 'invalid':
        return { type: 'refused', refusal: denied };
      case 'unavailable':
        this.#report(outcome.error);
        return { type: 'refused', refusal: FAILED };
      case 'valid': {
        const { user, room: named, client, info, data, expiresAt, override } = outcome.claims;
        const isOther =
          user !== (member.user ?? '') || named !== room || (client !== undefined && client !== member.id);
        if (isOther) return { type: 'refused', refusal: denied, close: 'invalidToken' };
        return { type: 'granted', grant: { info, data, expiresAt, override, token: markOf(outcome.claims) } };
      }
    }
  }

  /** The claims of a token, or what its client is told. */
  async #verify(
    verifier: TokenVerifier,
    token: string,
  ): Promise<{ claims: ConnectionClaims } | Exclude<IdentityOutcome, { type: 'known' }>> {
    const outcome = await verifier.verifyConnection(token);
    switch (outcome.type) {
      case 'valid':
        return { claims: outcome.claims };
      case 'expired':
        return { type: 'refused', refusal: createRefusal('tokenExpired') };
      case 'invalid':
        return { type: 'closed', close: 'invalidToken' };
      case 'unavailable':
        this.#report(outcome.error);
        return { type: 'refused', refusal: FAILED };
    }
  }

  /** What the user's function answers, or what the client is told instead. */
  async #ask(
    request: ConnectRequest,
    handshake: Handshake,
    gone: AbortSignal,
    token: string | undefined,
    claims: ConnectionClaims | undefined,
  ): Promise<Identity | Exclude<IdentityOutcome, { type: 'known' }> | undefined> {
    const { authenticate, settings, clock } = this.#input;
    const abort = new AbortController();
    const { data, name, version, headers: claimedHeaders = {} } = request;
    const { query, headers, address, protocol } = handshake;
    let stop: (() => void) | undefined;
    try {
      const left = new Promise<never>((_, reject) => {
        stop = () => reject(new Error(LEFT));
        gone.addEventListener('abort', stop);
      });
      const asked = authenticate?.({
        ...(token !== undefined && { token }),
        ...(claims !== undefined && { claims }),
        ...(data !== undefined && { data }),
        ...(name !== undefined && { name }),
        ...(version !== undefined && { version }),
        query: new URLSearchParams(query),
        headers,
        claimedHeaders,
        address,
        protocol,
        signal: abort.signal,
      });
      const deadlineMs = settings.limits.handlerSeconds * 1000;
      return readAnswer(await settleInTime(clock, Promise.race([asked, left]), deadlineMs, LATE));
    } catch (error) {
      // What a function says that was told to stop is of no interest.
      if (!gone.aborted) this.#report(error);
      return { type: 'refused', refusal: FAILED };
    } finally {
      if (stop !== undefined) gone.removeEventListener('abort', stop);
      abort.abort();
    }
  }

  #allowAnonymous(): IdentityOutcome {
    const { anonymous, insecure } = this.#input.settings.auth;
    return anonymous || insecure ? { type: 'known', identity: {} } : INVALID;
  }

  /** @param claims What a token says, or the owner's backend. */
  #toIdentity(given: Identity, claims: ConnectionClaims | ConnectResult | undefined): Identity {
    const user = given.user ?? claims?.user;
    const said = claims !== undefined && isOfBackend(claims) ? claims : undefined;
    return {
      user,
      info: given.info ?? claims?.info,
      data: given.data,
      answer: given.answer ?? said?.data,
      ...(claims?.meta !== undefined && { meta: claims.meta }),
      ...(said !== undefined && given.expiresAt === undefined && { isAskedAgain: true }),
      expiresAt: given.expiresAt ?? claims?.expiresAt,
      token: claims === undefined || isOfBackend(claims) ? undefined : markOf(claims),
      rooms: this.#roomsOf(user, given, claims),
    };
  }

  #roomsOf(
    user: string | undefined,
    { rooms }: Identity,
    claims: ConnectionClaims | ConnectResult | undefined,
  ): Record<string, RoomGrant> {
    const { personalRoom, userBoundary = DEFAULT_BOUNDARY } = this.#input.settings.auth;
    const isPersonal = personalRoom !== undefined && user !== undefined && user !== '';
    return {
      ...claims?.rooms,
      ...rooms,
      ...(isPersonal && { [`${personalRoom}${userBoundary}${user}`]: {} }),
    };
  }

  #report(error: unknown): void {
    this.#input.events.emit('handler.failed', { handler: 'authenticate', error });
  }
}

function isOfBackend(claims: ConnectionClaims | ConnectResult): claims is ConnectResult {
  return 'isOfBackend' in claims;
}

/** What the owner's backend says of the client, or what the client is told instead. */
function toSaid(
  outcome: QuestionOutcome<ConnectResult>,
): ConnectResult | Exclude<IdentityOutcome, { type: 'known' }> {
  switch (outcome.type) {
    case 'result':
      return outcome.result;
    case 'error':
      return { type: 'refused', refusal: outcome.refusal };
    case 'disconnect':
      return { type: 'closed', close: outcome.close };
    case 'failed':
      return { type: 'refused', refusal: FAILED };
  }
}

function markOf({ id, issuedAt }: TokenMark): TokenMark {
  return { ...(id !== undefined && { id }), ...(issuedAt !== undefined && { issuedAt }) };
}
