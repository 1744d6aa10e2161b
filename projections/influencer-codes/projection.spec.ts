import { given, type GivenEvent } from '#read-store/given.ts';
import { influencerCodes } from './projection.ts';
import { issuedCodes } from './tables.ts';

const at = (day: number) => `2026-01-0${day}T00:00:00.000Z`;
const issued: GivenEvent = [
  'issuedCode-ADA10',
  'CodeIssued',
  {
    text: 'ADA10',
    codeId: 'SPRING',
    taskId: 'SPRING.default',
    sellerId: 'connect',
    payeeId: 'agency',
    requestId: 'r1',
    index: 2,
    occurredAt: at(1),
  },
];

test('a text leads to its code, task and payee', () => {
  expect(given(influencerCodes, [issued]).of(issuedCodes)).toEqual([
    {
      text: 'ADA10',
      codeId: 'SPRING',
      taskId: 'SPRING.default',
      sellerId: 'connect',
      payeeId: 'agency',
      promoterId: null,
      requestId: 'r1',
      requestIndex: 2,
      status: 'issued',
      issuedAt: at(1),
      assignedAt: null,
      revokedAt: null,
      revocationReason: null,
    },
  ]);
});

test('a code handed over names its promoter, the payee stays; a revoked one says why', () => {
  const { text, payeeId } = issued[2] as { text: string; payeeId: string };
  const rows = given(influencerCodes, [
    issued,
    ['issuedCode-ADA10', 'CodeAssigned', { text, payeeId, promoterId: 'ada', occurredAt: at(2) }],
    ['issuedCode-ADA10', 'CodeAssigned', { text, payeeId, promoterId: 'eve', occurredAt: at(3) }],
    ['issuedCode-ADA10', 'CodeRevoked', { text, payeeId, reason: 'left', occurredAt: at(4) }],
  ]);
  expect(rows.of(issuedCodes)).toMatchObject([
    {
      payeeId: 'agency',
      promoterId: 'eve',
      assignedAt: at(3),
      status: 'revoked',
      revokedAt: at(4),
      revocationReason: 'left',
    },
  ]);
});
