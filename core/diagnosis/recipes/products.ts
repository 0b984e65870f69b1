import { BORDER_CONTROLLERS } from './border-controllers.ts';
import { CLOUDS_AND_SYSTEMS } from './clouds-and-systems.ts';
import { PHONES } from './phones.ts';
import { ANY_PRODUCT, PROGRAMS } from './programs.ts';
import type { Product, Recipe, RecipeTopic } from './recipe.ts';
import { SIP_SERVERS } from './sip-servers.ts';

/** A product that was recognised, and by what. */
export interface RecognisedProduct {
  readonly side: 'client' | 'server';
  readonly product: Product;
  /** "its User-Agent header (kamailio (5.6.3))", "its certificate". */
  readonly by: string;
}

export interface ProductTraces {
  readonly side: 'client' | 'server';
  /** User-Agent or Server header, where readable. */
  readonly header: string | null;
  /** Subject of the certificate that this side showed, or the server name that was asked of it. */
  readonly subject: string | null;
  /** Its Client Hello holds values of RFC 8701, as those of Chrome and of Apple's programs do. */
  readonly grease: boolean;
}

/** In the order in which a header is tried on them. */
export const PRODUCTS: readonly Product[] = [
  ...SIP_SERVERS,
  ...PHONES,
  ...CLOUDS_AND_SYSTEMS,
  ...BORDER_CONTROLLERS,
  ...PROGRAMS,
];

/** Which product speaks on one side; null where nothing tells. */
export function recogniseProduct(traces: ProductTraces): RecognisedProduct | null {
  const { header, subject, side } = traces;
  if (header !== null)
    for (const product of PRODUCTS)
      if (product.header?.test(header) === true) return { side, product, by: `its header “${header}”` };
  if (subject !== null)
    for (const product of PRODUCTS)
      if (product.subject?.test(subject) === true) return { side, product, by: `the name ${subject}` };
  const greasing = PRODUCTS.find((product) => product.id === 'greasing');
  return traces.grease && greasing !== undefined
    ? { side, product: greasing, by: 'the meaningless values in its Client Hello (RFC 8701)' }
    : null;
}

/** A recipe with whose it is. */
export interface FittingRecipe {
  readonly product: string;
  readonly side: 'client' | 'server' | null;
  readonly recipe: Recipe;
}

/** What is known to work for the products that were recognised, then what holds for all. */
export function recipesFor(recognised: readonly RecognisedProduct[], topic: RecipeTopic): FittingRecipe[] {
  const fitting: FittingRecipe[] = [];
  for (const { product, side } of recognised)
    for (const recipe of product.recipes)
      if (recipe.topic === topic) fitting.push({ product: product.name, side, recipe });
  for (const recipe of ANY_PRODUCT.recipes)
    if (recipe.topic === topic) fitting.push({ product: ANY_PRODUCT.name, side: null, recipe });
  return fitting;
}

/** Where products that play a part keep the authorities that they trust, in a few words each. */
export function trustStores(
  who: 'client' | 'server',
): { readonly product: string; readonly place: string }[] {
  const likely =
    who === 'client' ? [...PHONES, ...CLOUDS_AND_SYSTEMS] : [...SIP_SERVERS, ...BORDER_CONTROLLERS];
  return likely.flatMap(({ name, recipes }: Product) =>
    recipes.flatMap(({ place }) => (place === undefined ? [] : [{ product: name, place }])),
  );
}
