// What importing Online Retail must come to, calculated from the file alone in exact fractions. It
// follows the preset's rule as its help states it and imports nothing of the product.
import { fraction, type Fraction, nearest, NOTHING, product, sum } from './fractions.ts';

export interface Outcome {
  lines: number;
  pence: bigint;
}

export interface ByHand {
  readonly lines: number;
  readonly exact: Fraction;
  readonly exactByMonth: ReadonlyMap<string, Fraction>;
  /** `ending reason` to lines and money. */
  readonly endings: ReadonlyMap<string, Outcome>;
  /** `payee month` to what its statement's lines come to. */
  readonly statements: ReadonlyMap<string, Outcome>;
}

interface Row {
  readonly invoice: string;
  readonly stock: string;
  readonly quantity: number;
  readonly at: number;
  readonly money: Fraction;
  readonly pence: bigint;
  readonly customer: string;
  readonly country: string;
}

interface Bought {
  readonly order: Order;
  readonly line: number;
  readonly at: number;
  /** As the rule counts it, whether the order was attributed or not. */
  left: bigint;
}

interface Order {
  readonly payee: string;
  readonly isFee: boolean;
  readonly at: number;
  readonly isAttributed: boolean;
  /** What the buyer paid for each line and has not got back. */
  readonly nets: bigint[];
}

const DAY = 86_400_000;
const HUNDRED = fraction('100');
const CHARGES = ['POST', 'DOT', 'C2', 'M', 'm', 'D', 'S', 'B', 'BANK CHARGES', 'AMAZONFEE', 'CRUK'];

export function calculatedByHand(csv: string): ByHand {
  const rows = rowsOf(csv);
  const books = new Books();
  for (const invoice of invoicesOf(rows)) books.enter(invoice);
  const exactByMonth = new Map<string, Fraction>();
  for (const { at, money } of rows) {
    exactByMonth.set(month(at), sum(exactByMonth.get(month(at)) ?? NOTHING, money));
  }
  const exact = [...exactByMonth.values()].reduce(sum, NOTHING);
  const { endings, statements } = books;
  return { lines: rows.length, exact, exactByMonth, endings, statements };
}

class Books {
  readonly endings = new Map<string, Outcome>();
  readonly statements = new Map<string, Outcome>();
  private readonly bought = new Map<string, Bought[]>();
  private readonly uses = new Map<string, number>();

  enter(rows: readonly Row[]): void {
    if (rows[0]!.invoice.startsWith('C')) {
      for (const row of rows) this.refund(row);
      return;
    }
    const sales = rows.filter((row) => row.quantity > 0 && row.pence >= 0n);
    const isCharge = ({ invoice, stock }: Row) =>
      invoice.startsWith('A') || CHARGES.includes(stock) || stock.startsWith('gift_');
    for (const row of rows) {
      if (!sales.includes(row)) this.end(`refused ${row.quantity > 0 ? 'money' : 'quantity'}`, row);
      else if (isCharge(row)) this.end('refused unknown_code', row);
    }
    const goods = sales.filter((row) => !isCharge(row));
    if (goods.length > 0) this.sell(goods);
  }

  private sell(goods: readonly Row[]): void {
    const [{ customer, country }] = goods as [Row];
    const number = Number(customer || goods[0]!.invoice) % 40;
    const isFee = number % 2 === 1;
    const at = Math.min(...goods.map((row) => row.at));
    const refusal = isFee ? this.feeRefusal(goods, at, country) : undefined;
    const payee = `influencer_${String(number).padStart(2, '0')}`;
    const nets = goods.map(({ pence }) => pence);
    const order: Order = { payee, isFee, at, nets, isAttributed: refusal === undefined };
    for (const row of goods) this.end(refusal ? `refused ${refusal}` : 'attributed', row);
    if (order.isAttributed) this.post(order, earned(order, nets), at + 14 * DAY);
    for (const [line, row] of goods.entries()) {
      if (customer === '') continue;
      const key = `${customer}|${row.stock}`;
      const known = this.bought.get(key) ?? [];
      this.bought.set(key, known);
      known.push({ order, line, at, left: row.pence });
    }
  }

  /** The fee's rule: to the end of November, 50.00, a known buyer, 6,000 in all, 25 for a buyer. */
  private feeRefusal(goods: readonly Row[], at: number, country: string): string | undefined {
    if (at >= Date.UTC(2011, 11, 1)) return 'outside_redemption_window';
    if (goods.reduce((total, { pence }) => total + pence, 0n) < 5_000n)
      return 'below_minimum_spend';
    const [{ customer }] = goods as [Row];
    if (customer === '') return 'buyer_missing';
    const ofBuyer = `${country}|${customer}`;
    if ((this.uses.get(country) ?? 0) >= 6_000) return 'total_limit_reached';
    if ((this.uses.get(ofBuyer) ?? 0) >= 25) return 'buyer_limit_reached';
    for (const key of [country, ofBuyer]) this.uses.set(key, (this.uses.get(key) ?? 0) + 1);
    return undefined;
  }

  private refund(row: Row): void {
    const amount = -row.pence;
    const candidates = (this.bought.get(`${row.customer}|${row.stock}`) ?? []).filter(
      ({ at }) => row.customer !== '' && at <= row.at,
    );
    const found =
      candidates.findLast(({ left }) => left >= amount) ??
      candidates.findLast(({ left }) => left > 0n) ??
      candidates.at(-1);
    if (!found) return this.end('nothing_to_reverse no_earlier_purchase', row);
    const isEnough = found.left >= amount;
    if (isEnough) found.left -= amount;
    const { order, line } = found;
    if (!order.isAttributed) return this.end('nothing_to_reverse order_rejected', row);
    if (!isEnough) return this.end('refused more_than_remains', row);
    const before = earned(order, order.nets);
    order.nets[line]! -= amount;
    this.post(order, earned(order, order.nets) - before, Math.max(row.at, order.at + 14 * DAY));
    this.end('refund_applied', row);
  }

  private post({ payee }: Order, pence: bigint, clearsAt: number): void {
    if (pence === 0n) return;
    add(this.statements, `${payee} ${month(clearsAt)}`, pence);
  }

  private end(how: string, { pence }: Row): void {
    add(this.endings, how, pence);
  }
}

/** 1.25 while anything is left; else 7.5 % of each line, from July 2011 8.25 %, rounded by line. */
function earned({ isFee, at }: Order, nets: readonly bigint[]): bigint {
  if (isFee) return nets.some((net) => net > 0n) ? 125n : 0n;
  const rate = fraction(at >= Date.UTC(2011, 6, 1) ? '0.0825' : '0.075');
  return nets.reduce((total, net) => total + nearest(product({ over: net, under: 1n }, rate)), 0n);
}

function add(to: Map<string, Outcome>, key: string, pence: bigint): void {
  const outcome = to.get(key) ?? { lines: 0, pence: 0n };
  outcome.lines += 1;
  outcome.pence += pence;
  to.set(key, outcome);
}

const month = (at: number) => new Date(at).toISOString().slice(0, 7);

/** Invoices in the order in which their last line stands in the file. */
function invoicesOf(rows: readonly Row[]): Row[][] {
  const last = new Map(rows.map(({ invoice }, place) => [invoice, place]));
  const groups = Map.groupBy(rows, ({ invoice }) => invoice);
  return [...groups.entries()]
    .sort(([a], [b]) => last.get(a)! - last.get(b)!)
    .map(([, group]) => group);
}

function rowsOf(csv: string): Row[] {
  const [, ...lines] = csv.split(/\r?\n/);
  return lines
    .filter((line) => line !== '')
    .map((line) => {
      const cells = cellsOf(line);
      const [invoice, stock, , quantity, time, price, customer, country] = cells as string[];
      const money = product(fraction(price!), fraction(quantity!));
      return {
        ...{ invoice: invoice!, stock: stock!, quantity: Number(quantity), country: country! },
        at: Date.parse(`${time!.replace(' ', 'T')}Z`),
        ...{ money, pence: nearest(product(money, HUNDRED)) },
        customer: customer!.split('.')[0]!,
      };
    });
}

function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  return [...line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)].map(
    ([, quoted, plain]) => quoted?.replaceAll('""', '"') ?? plain ?? '',
  );
}
