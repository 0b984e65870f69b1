import type { RichText } from '../api.ts';
import { capitalise } from '../bytes/text.ts';
import { recipesFor, type RecognisedProduct, trustStores } from './recipes/products.ts';
import type { RecipeTopic } from './recipes/recipe.ts';
import { rich } from './rich-text.ts';

/**
 * "On the server, Kamailio: set …", one sentence a recipe, with its source. ADDRESS and PORT in a recipe's text become
 * those of `endpoint` ("10.0.0.5:5061").
 */
export function recipeLines(
  products: readonly RecognisedProduct[],
  topic: RecipeTopic,
  endpoint: string | null = null,
): RichText[] {
  return recipesFor(products, topic).map(({ product, side, recipe }) => {
    const who =
      side === null ? '' : side === 'client' ? `On the client, ${product}: ` : `On the server, ${product}: `;
    const text = endpoint === null || !ENDPOINT.test(endpoint) ? recipe.text : filled(recipe.text, endpoint);
    const tried = recipe.tried === undefined ? '' : `; tried with ${recipe.tried.version}`;
    return rich`${who}${side === null ? capitalise(text) : text} (${recipe.source}; version ${recipe.version}${tried})`;
  });
}

/** Where the one who refused a certificate keeps the authorities that it trusts; a list of places where that is unknown. */
export function trustStoreLines(
  products: readonly RecognisedProduct[],
  who: 'client' | 'server',
  endpoint: string,
  whereUnknown = true,
): RichText[] {
  const own = products.filter(
    ({ side, product }) => side === who && product.recipes.some(({ topic }) => topic === 'trust-store'),
  );
  if (own.length > 0) return recipeLines(own, 'trust-store');
  if (!whereUnknown) return [];
  const places = trustStores(who).map(({ product, place }) => `${product}: ${place}`);
  return [
    rich`Nothing in this capture tells which product the ${who} at ${endpoint} is. Where some keep the authorities that they trust: ${places.join('; ')}.`,
  ];
}

function filled(text: string, endpoint: string): string {
  const colon = endpoint.lastIndexOf(':');
  return text.replace('ADDRESS', endpoint.slice(0, colon)).replace('PORT', endpoint.slice(colon + 1));
}

/** An address and a port; a server inside a tunnel has none of its own. */
const ENDPOINT = /^\S+:\d+$/;
