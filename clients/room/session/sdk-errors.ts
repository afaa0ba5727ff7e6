/** The errors with which calls of the SDK reject: those of the server, and those of the SDK itself. */

/** Numbers below are the SDK's own: no answer came. From here on they are the server's. */
const FIRST_SERVER_CODE = 100;

export interface SdkError {
  readonly code: number;
  readonly message: string;
}

/** Reads what a call rejected with; the SDK throws plain objects. */
export function readSdkError(error: unknown): SdkError {
  const { code, message } = Object(error) as Record<string, unknown>;
  return {
    code: typeof code === 'number' ? code : 0,
    message: typeof message === 'string' ? message : String(error),
  };
}

/** Whether the server answered, so that it is known how the call ended. */
export function isAnswer({ code }: SdkError): boolean {
  return code >= FIRST_SERVER_CODE;
}
