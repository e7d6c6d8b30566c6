import Fastify from "fastify";
import { afterAll, describe, expect, it } from "vitest";
import {
  type ApiErrorCode,
  apiErrorCode,
  apiErrors,
  ingestFaults,
  sendApiError,
} from "./errors.ts";

const app = Fastify();
app.get("/:code", (request, reply) => {
  const { code } = request.params as { code: ApiErrorCode };
  return sendApiError(request, reply, code);
});
afterAll(() => app.close());

describe("the errors of the API", () => {
  it.each(Object.entries(apiErrors))(
    "answer %s with its status and a coded body",
    async (code, kind) => {
      const answer = await app.inject(`/${code}`);
      expect(answer.statusCode).toBe(kind.status);
      expect(answer.json()).toEqual({ code, message: kind.message, requestId: expect.any(String) });
      const again = kind.status === 429 || kind.status === 503;
      expect(/^\d+$/.test(String(answer.headers["retry-after"]))).toBe(again);
    },
  );

  it("have a code for whatever Fastify raises", () => {
    expect(apiErrorCode({ statusCode: 415 })).toBe("media_type_unsupported");
    expect(apiErrorCode({ statusCode: 400 })).toBe("invalid_request");
    expect(apiErrorCode({})).toBe("internal");
  });
});

describe("the faults of ingest", () => {
  it("carry Retry-After where the sender will try again, and nowhere else", () => {
    for (const [name, fault] of Object.entries(ingestFaults)) {
      const retryable = fault.status === 429 || fault.status === 503;
      expect("retryAfterSeconds" in fault, name).toBe(retryable);
    }
  });
});
