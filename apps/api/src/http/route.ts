// How a slice says its route: one decorator that routes it and describes it, so that the OpenAPI
// document cannot say anything else than what is served.
import { applyDecorators, Get, HttpCode, Post, Put } from '@nestjs/common';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiExtension, ApiOperation, ApiProduces, ApiResponse } from '@nestjs/swagger';
import type { z } from 'zod';

/** For `openapi.ts`, which takes them off again. */
export const KIND_MARK = 'x-kind';
export const CONSUMES_MARK = 'x-consumes';

export interface Route {
  /** One sentence: what it does, in the glossary's words. */
  readonly summary: string;
  readonly description?: string;
  /** Of the body that is answered. */
  readonly answer: z.ZodType;
}

export interface WriteRoute extends Route {
  /** What the answer is; a stream is answered by one. */
  readonly produces?: ContentType;
  /** POST unless said. */
  readonly method?: 'POST' | 'PUT';
  /** What the body must be; a stream is given to the slice as it comes. */
  readonly consumes?: ContentType;
}

type ContentType = 'application/json' | 'application/x-ndjson';

/** A write: 200 with the answer and `Promo-Ledger-Position`, or a problem. */
export function Write(path: string, { method = 'POST', consumes, produces, ...route }: WriteRoute) {
  const consumed = consumes ?? 'application/json';
  return applyDecorators(
    method === 'POST' ? Post(path) : Put(path),
    HttpCode(200),
    RouteConfig({ consumes: consumed }),
    ApiExtension(KIND_MARK, 'write'),
    ApiExtension(CONSUMES_MARK, consumed),
    ApiProduces(produces ?? consumed),
    ...described(route),
  );
}

/** A read: waits for the `Promo-Ledger-Position` it is given, then answers from the read models. */
export function Read(path: string, route: Route) {
  return applyDecorators(
    Get(path),
    RouteConfig({ isRead: true }),
    ApiExtension(KIND_MARK, 'read'),
    ...described(route),
  );
}

/** A probe: answers at once, whatever else is going on. */
export const Probe = (path: string, route: Route) =>
  applyDecorators(Get(path), ApiExtension(KIND_MARK, 'probe'), ...described(route));

const described = ({ summary, description, answer }: Route) => [
  ApiOperation({ summary, ...(description && { description }) }),
  ApiResponse({ status: 200, description: 'Done', standardSchema: answer }),
];

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Of the routes that take a body. */
    consumes?: ContentType;
    /** Waits for a position before it answers. */
    isRead?: boolean;
  }
}
