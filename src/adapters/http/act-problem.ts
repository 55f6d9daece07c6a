import { problem, type Problem } from './problem.ts';

/** The answer to words or numbers that do not fit, in one field. */
export function invalidField(field: string, detail: string, title = 'The request does not fit'): Problem {
  return problem(422, { reason: 'invalid-request', title, detail, hint: `Mend the field \`${field}\`.` });
}

/** The answer when the store takes nothing; `again`: what to do once it does. */
export function notStored(reason: string, detail: string, again = 'try again'): Problem {
  return problem(503, {
    reason: 'not-stored',
    title: 'The store could not keep it',
    detail: `nothing was recorded (${reason}): ${detail}`,
    hint: `GET /api/v1/status shows the state of the store; ${again} when it is mended.`,
  });
}

/** `meant`: what somebody who wrote this name may have meant. */
export function unknownService(service: string, meant?: string): Problem {
  return problem(404, {
    reason: 'unknown-service',
    title: 'No such service',
    detail: `no service named ${JSON.stringify(service.slice(0, 253))} is watched${meant === undefined ? '' : `; did you mean ${meant}?`}`,
    hint: 'GET /api/v1/services lists what is watched; a service is declared by a file in the rules folder.',
  });
}
