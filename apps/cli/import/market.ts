// Puts the sellers, codes and influencers of a preset into the ledger, as far as the file needs
// them, and learns which text each influencer holds. Doing it again changes nothing and gives the
// same texts.
import { demand, type Ledger } from '../ledger.ts';
import * as requests from '../requests.ts';
import type { TextOf } from './facts.ts';
import { codeIdOf, influencerIdOf, offeredTo, type Preset } from './preset.ts';
import type { Survey } from './survey.ts';

interface Promotion {
  readonly codeId: string;
  readonly influencerId: string;
}

export async function openMarket(
  ledger: Ledger,
  preset: Preset,
  { promoters }: Survey,
  onProgress: (done: number, total: number) => void,
): Promise<TextOf> {
  const when = { occurredAt: preset.opensAt };
  const sellers = [...promoters.keys()];
  const influencers = [...new Set([...promoters.values()].flatMap((each) => [...each]))];
  const promotions = sellers.flatMap((sellerId) =>
    [...promoters.get(sellerId)!].map((influencer) => ({
      codeId: codeIdOf(sellerId, offeredTo(preset, influencer)),
      influencerId: influencerIdOf(influencer),
    })),
  );
  const total = sellers.length + influencers.length + promotions.length;
  let done = 0;
  const step = () => onProgress((done += 1), total);

  await demand(ledger, requests.setRules(preset.programme, when));
  await requests.inParallel(sellers, (sellerId) => openSeller(ledger, preset, sellerId), {
    onDone: step,
  });
  await requests.inParallel(
    influencers,
    (influencer) =>
      demand(ledger, requests.register(influencerIdOf(influencer), 'individual', when)),
    { onDone: step },
  );
  const texts = new Map<string, string>();
  await requests.inParallel(
    promotions,
    async (promotion) => {
      texts.set(keyOf(promotion), await textFor(ledger, preset, promotion));
    },
    { onDone: step },
  );
  return (codeId, influencerId) => texts.get(keyOf({ codeId, influencerId }))!;
}

async function openSeller(ledger: Ledger, preset: Preset, sellerId: string): Promise<void> {
  const when = { occurredAt: preset.opensAt };
  await demand(ledger, requests.join(sellerId, when));
  await demand(ledger, requests.enrol(sellerId, when));
  for (const offered of preset.codes) {
    const code = { codeId: codeIdOf(sellerId, offered), sellerId, rules: offered.rules };
    const [first, ...later] = offered.plans;
    await demand(ledger, requests.createCode(code, when));
    await demand(ledger, requests.enable(code, first!.terms, when));
    for (const plan of later) await demand(ledger, requests.changePlan(code, { ...plan, ...when }));
  }
}

async function textFor(
  ledger: Ledger,
  preset: Preset,
  { codeId, influencerId }: Promotion,
): Promise<string> {
  const when = { occurredAt: preset.opensAt };
  const taskId = requests.taskOf(codeId);
  await demand(ledger, requests.apply(taskId, influencerId, when));
  const asked = { requestId: `import-${preset.name}`, count: 1, ...when };
  const [text] = await requests.requestCodes(ledger, { taskId, influencerId }, asked);
  return text!;
}

const keyOf = ({ codeId, influencerId }: Promotion) => `${codeId} ${influencerId}`;
