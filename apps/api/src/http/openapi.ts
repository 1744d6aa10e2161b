// The OpenAPI 3.1 document: made from the routes and the very schemas that check requests, with the
// headers and problems that all routes share. Served as JSON and as a page to try things on.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import {
  DocumentBuilder,
  type OpenAPIObject,
  type SwaggerDocumentOptions,
  SwaggerModule,
} from '@nestjs/swagger';
import { z } from 'zod';
import { Actor, CorrelationId, IdempotencyKey } from './command-context.ts';
import { ACTOR_HEADER, CORRELATION_HEADER, IDEMPOTENCY_HEADER } from './command-context.ts';
import { POSITION_HEADER, PositionToken } from './position.ts';
import { EDGE_PROBLEMS, Problem } from './problem.ts';
import { REFUSALS } from './refusals.ts';
import { KIND_MARK, CONSUMES_MARK } from './route.ts';

const INTRODUCTION = `An event-sourced ledger for affiliate promo codes.

Every write takes an \`Idempotency-Key\` and answers with a \`${POSITION_HEADER}\`; a read that
sends it along sees that write. Money is minor units as a decimal string with its ISO 4217 currency.
Times are ISO 8601 with a zone. Every answer that is not the one asked for is a problem document
(RFC 9457) with a stable \`code\`.`;

export function serveDocument(app: NestFastifyApplication): void {
  SwaggerModule.setup('docs', app, () => openApiDocument(app), {
    jsonDocumentUrl: 'docs/json',
    raw: ['json'],
    customSiteTitle: 'Promo Ledger API',
  });
}

function openApiDocument(app: NestFastifyApplication): OpenAPIObject {
  const config = new DocumentBuilder()
    .setOpenAPIVersion('3.1.0')
    .setTitle('Promo Ledger')
    .setVersion('1')
    .setDescription(INTRODUCTION)
    .build();
  const document = SwaggerModule.createDocument(app, config, {
    standardSchemaConverter: converted,
    operationIdFactory: (controller, method) =>
      controller === 'HealthController' ? method : controller.replace(/Controller$/, ''),
    autoTagControllers: false,
  });
  const schemas = { ...document.components?.schemas, ...problemSchemas() };
  for (const [path, item] of Object.entries(document.paths))
    for (const operation of Object.values(item as Record<string, Operation>))
      complete(operation, path, schemas);
  document.paths = sorted(document.paths);
  document.components = { ...SHARED, schemas: sorted(schemas) } as ComponentsObject;
  return document;
}

type ComponentsObject = NonNullable<OpenAPIObject['components']>;

interface Operation {
  tags?: string[];
  parameters?: object[];
  requestBody?: { required?: boolean; content: Record<string, BodySchema> };
  responses: Record<string, { headers?: object } | { $ref: string }>;
  [mark: `x-${string}`]: unknown;
}

/** What every route shares: who asks, the position, what can go wrong. */
function complete(
  operation: Operation,
  path: string,
  schemas: Readonly<Record<string, object>>,
): void {
  const { [KIND_MARK]: kind, [CONSUMES_MARK]: consumes } = operation;
  delete operation[KIND_MARK];
  delete operation[CONSUMES_MARK];
  const tag = path.split('/').find(Boolean) ?? 'service';
  operation.tags = [tag];
  const headers = kind === 'write' ? WRITE_HEADERS : kind === 'read' ? READ_HEADERS : [];
  operation.parameters = [
    ...(operation.parameters ?? []),
    ...headers.map((name) => ({ $ref: `#/components/parameters/${name}` })),
  ];
  if (operation.requestBody && typeof consumes === 'string') {
    const [schema = {}] = Object.values(operation.requestBody.content);
    operation.requestBody.content = { [consumes]: schema };
    operation.requestBody.required = isNeeded(schema, schemas);
  }
  const done = operation.responses['200'];
  if (done && kind === 'write') Object.assign(done, { headers: WRITTEN_HEADERS });
  operation.responses['4XX'] = { $ref: '#/components/responses/Refused' };
  operation.responses['5XX'] = { $ref: '#/components/responses/Failed' };
}

const WRITE_HEADERS = ['IdempotencyKey', 'Actor', 'CorrelationId'];
const READ_HEADERS = ['Position', 'CorrelationId'];
const WRITTEN_HEADERS = {
  [POSITION_HEADER]: { $ref: '#/components/headers/Position' },
  'idempotent-replayed': { $ref: '#/components/headers/Replayed' },
};

const parameter = (name: string, schema: z.ZodType, description: string) => ({
  ...{ name, in: 'header' as const, required: false, description },
  schema: plain(schema),
});

function plain(schema: z.ZodType): object {
  const { $schema, $ref, $defs, ...json } = z.toJSONSchema(schema, { io: 'input' });
  const [definition = {}] = Object.values($defs ?? {});
  return $ref === undefined ? json : definition;
}

const problemResponse = (description: string) => ({
  description,
  content: { 'application/problem+json': { schema: { $ref: '#/components/schemas/Problem' } } },
});

const SHARED = {
  parameters: {
    IdempotencyKey: parameter(
      IDEMPOTENCY_HEADER,
      IdempotencyKey,
      'The same key with the same request: the first answer again',
    ),
    Actor: parameter(ACTOR_HEADER, Actor, 'Who asks'),
    CorrelationId: parameter(CORRELATION_HEADER, CorrelationId, 'Names it in logs and events'),
    Position: parameter(POSITION_HEADER, PositionToken, 'Of an earlier write: this read sees it'),
  },
  headers: {
    Position: { description: 'Send it along with a read', schema: plain(PositionToken) },
    Replayed: { description: 'This answer was given before', schema: { const: 'true' } },
  },
  responses: {
    Refused: problemResponse('What was asked is not, or cannot be, done: nothing was stored'),
    Failed: problemResponse('An outage or a bug: nothing is half done'),
  },
};

/** A body may be left out when it needs nothing: no body is an empty one. */
function isNeeded({ schema }: BodySchema, schemas: Readonly<Record<string, object>>): boolean {
  const named = schemas[schema?.$ref?.split('/').at(-1) ?? ''];
  return named === undefined || 'required' in named || !('properties' in named);
}

interface BodySchema {
  readonly schema?: { readonly $ref?: string };
}

interface ObjectSchema {
  readonly properties: Readonly<Record<string, object>>;
}

/** With every code that a problem may carry, its status and its words. */
function problemSchemas(): Record<string, object> {
  const codes = Object.entries({ ...EDGE_PROBLEMS, ...REFUSALS });
  const { $defs = {} } = z.toJSONSchema(Problem);
  const text = JSON.stringify($defs).replaceAll('#/$defs/', '#/components/schemas/');
  const { Problem: schema, ...others } = JSON.parse(text) as Record<string, ObjectSchema>;
  const code = {
    type: 'string',
    description: codes
      .map(([name, [status, words]]) => `- \`${name}\` ${status} ${words}`)
      .join('\n'),
    enum: codes.map(([name]) => name),
  };
  return { ...others, Problem: { ...schema, properties: { ...schema?.properties, code } } };
}

type Converter = NonNullable<SwaggerDocumentOptions['standardSchemaConverter']>;

/** Schemas with an id become components. Examples are kept also where a schema transforms. */
const converted = (
  schema: unknown,
  { schemaType }: Parameters<Converter>[1] = { schemaType: 'output' },
): ReturnType<Converter> => {
  if (!(schema instanceof z.ZodType)) return undefined;
  const { $schema, $defs, ...json } = z.toJSONSchema(schema, {
    io: schemaType,
    override: ({ zodSchema, jsonSchema }) => {
      const examples = z.globalRegistry.get(zodSchema)?.examples;
      if (Array.isArray(examples)) jsonSchema.examples = examples;
    },
  });
  return { schema: json, components: $defs ?? {} };
};

function sorted<T>(named: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(named).sort(([a], [b]) => (a < b ? -1 : 1)));
}
