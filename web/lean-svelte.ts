/**
 * Takes out of Svelte what this site never uses, some 5 KB for every visitor: custom elements, hydration
 * (pages are never rendered on a server), `await` in markup and <svelte:boundary>. Nothing else about
 * Svelte changes. Each cut is made only in the very text it was written for, and a page that starts to use
 * something that was cut stops the build: then take the cut out here.
 */
import { createHash } from 'node:crypto'
import type { Plugin } from 'vite'

interface Cut {
  file: string
  cut: (code: string) => string | undefined
}

/** Replaces every one of the texts, or nothing at all when one of them is not as expected. */
const replace =
  (...pairs: [string | RegExp, string][]) =>
  (code: string): string | undefined => {
    for (const [from, to] of pairs) {
      const next = code.replace(from, to)
      if (next === code) return undefined
      code = next
    }
    return code
  }

// Only what mounting needs: the root's effects wait until its content stands; nobody catches errors here.
const BOUNDARY = `
import { BOUNDARY_EFFECT, EFFECT_PRESERVED, EFFECT_TRANSPARENT } from '#client/constants';
import { block, branch } from '../../reactivity/effects.js';
import { active_effect } from '../../runtime.js';
import { current_batch } from '../../reactivity/batch.js';
import { defer_effect } from '../../reactivity/utils.js';
class Boundary {
  is_pending = true;
  #dirty = new Map();
  constructor(node, children) {
    block(() => {
      branch(() => {
        active_effect.b = this;
        active_effect.f |= BOUNDARY_EFFECT;
        children(node);
      });
      this.is_pending = false;
      current_batch.transfer_reactions(this.#dirty);
    }, EFFECT_TRANSPARENT | EFFECT_PRESERVED);
  }
  defer_effect(effect) { defer_effect(effect, this.#dirty); }
  is_rendered() { return !this.is_pending; }
  update_pending_count() {}
  error(error) { throw error; }
}
export function boundary(node, _props, children) { new Boundary(node, children); }
export function pending() {}
`

// What is shown goes at once when something else takes its place: nothing fades out, nothing is kept aside.
const BRANCHES = `
import { branch, destroy_effect } from '../../reactivity/effects.js';
export class BranchManager {
  #key;
  #shown = null;
  constructor(anchor) { this.anchor = anchor; }
  ensure(key, fn) {
    if (this.#shown && key === this.#key) return;
    const before = this.#shown;
    this.#key = key;
    this.#shown = fn ? branch(() => fn(this.anchor)) : null;
    if (before) destroy_effect(before);
  }
}
`

const sha = (code: string): string => createHash('sha256').update(code).digest('hex').slice(0, 16)

const cuts: Cut[] = [
  {
    file: 'dom/hydration.js',
    cut: replace(['export let hydrating = false;', 'export const hydrating = false;'], [/(function set_hydrating\()value(\) \{)[^}]*\}/, '$1_$2}']),
  },
  {
    // Switches that are never thrown. What would throw one asks for a function that is gone: the build fails.
    file: '../flags/index.js',
    cut: replace([/export let (async|legacy|tracing)_mode_flag = false;/g, 'export const $1_mode_flag = false;'], [/export function \w+_flag\(\) \{[^}]*\}/g, '']),
  },
  {
    file: 'reactivity/async.js',
    cut: replace([/(export function flatten\(blockers, sync, async, fn\) \{\n\tconst d = [^\n]+\n)[\s\S]*?\n\}\n/, '$1\tfn(sync.map((one) => d(one)));\n}\n']),
  },
  {
    // What only `await` and forks call.
    file: 'reactivity/batch.js',
    cut: replace(
      ...['skip_effect', 'unskip_effect', 'increment', 'decrement', 'settled'].map((name): [RegExp, string] => [new RegExp(`\\n\\t${name}\\([^\\n]*\\) \\{\\n[\\s\\S]*?\\n\\t\\}\\n`), '\n']),
      [/if \(this\.#is_deferred\(\)\) \{[\s\S]*?\n\t\t\}\n/, ''],
      ['if (!this.#is_deferred()) this.discard();', 'this.discard();'],
      [/\n\t#is_(deferred|skipped)\([^\n]*\) \{\n[\s\S]*?\n\t\}\n/g, '\n'],
      [' || this.#skipped_branches.has(effect)', ''],
    ),
  },
  // Nothing is made aside and put in later, as `await` would; nothing moves by Svelte's hand, CSS does that.
  {
    file: 'dom/blocks/each.js',
    cut: replace(
      ['var defer = should_defer_append();', 'const defer = false;'],
      ['var is_animated = (flags & EACH_IS_ANIMATED) !== 0;', 'const is_animated = false;'],
      [/if \(state\.outrogroups !== null\)/g, 'if (false)'],
      ['if (group) {', 'if (false) {'],
      ['if (remaining === 0) {', 'if (true) {'],
    ),
  },
  {
    file: 'dom/blocks/branches.js',
    cut: (code) => (sha(code) === '01d3b5e6144a2f94' ? BRANCHES : undefined),
  },
  {
    file: 'reactivity/effects.js',
    cut: replace(
      [/(export function pause_effect\([^)]*\) \{\n)[\s\S]*?\n\}\n/, '$1\tif (destroy) destroy_effect(effect);\n\tif (callback) callback();\n}\n'],
      [/(export function resume_effect\()effect\) \{\n[\s\S]*?\n\}\n/, '$1) {}\n'],
    ),
  },
  {
    // `style:` beside a style attribute, which our content security policy would stop anyway.
    file: '../shared/attributes.js',
    cut: replace([/\t\tif \(value\) \{\n\t\t\t\/\/ strip comments[\s\S]*?\n\t\t\}\n(?=\n\t\tif \(normal_styles\) \{\n\t\t\tnew_style)/, '']),
  },
  {
    file: 'dom/blocks/boundary.js',
    cut: (code) => (sha(code) === '0efebe3ecff9440b' ? BOUNDARY : undefined),
  },
]

const CLIENT = '/svelte/src/internal/client/'
const USES_WHAT_IS_CUT = /\$\.(pending\b|(boundary|async|async_derived|await|save|hydrate|transition|animation)\(|set_style\(\w+, (?!''))/

export function leanSvelte(): Plugin {
  const open = new Set(cuts)
  return {
    name: 'meanwhile:lean-svelte',
    apply: 'build',
    buildStart() {
      for (const one of cuts) open.add(one)
    },
    transform(code, id) {
      // A class that is defined on import and so would not be shaken out by itself.
      if (id.includes(`${CLIENT}dom/elements/custom-element.js`)) return { code, map: null, moduleSideEffects: false }
      if (/\/src\/.*\.svelte/.test(id) && USES_WHAT_IS_CUT.test(code)) this.error('This uses a part of Svelte that lean-svelte.ts cuts out.')
      const found = cuts.find((one) => id.includes(new URL(one.file, `file://${CLIENT}`).pathname))
      if (!found) return undefined
      const lean = found.cut(code)
      if (lean === undefined) this.error('Svelte has changed here; look at lean-svelte.ts again.')
      open.delete(found)
      return { code: lean, map: null }
    },
    buildEnd(error) {
      if (!error && open.size > 0) this.error(`Svelte no longer has ${[...open].map((one) => one.file).join(', ')}; look at lean-svelte.ts again.`)
    },
  }
}

// Vite's own helper also does what no page here needs: nonces, events for handlers, scripts to fetch ahead.
const STYLES_FIRST = `
const seen = {};
const style = (href) => new Promise((done, fail) => {
  const link = document.createElement('link');
  link.rel = 'stylesheet';
  link.href = href;
  link.onload = done;
  link.onerror = () => {
    delete seen[href];
    link.remove();
    fail(new Error(href));
  };
  document.head.append(link);
});
export const __vitePreload = (load, files = []) =>
  Promise.all(files.map((file) => seen['/' + file] ??= document.querySelector('link[href="/' + file + '"]') ? 1 : style('/' + file))).then(load);
`

/** A page is shown when its styles are there; the helper that Vite writes for that, in a quarter of its size. */
export const leanPreload: Plugin = {
  name: 'meanwhile:lean-preload',
  apply: 'build',
  transform(code, id) {
    if (!id.endsWith('vite/preload-helper.js')) return undefined
    if (!/export const __vitePreload = function preload\(baseModule, deps, importerUrl\)/.test(code)) this.error('Vite has changed here; look at leanPreload again.')
    return { code: STYLES_FIRST, map: null, moduleSideEffects: false }
  },
}

/** The page itself links the styles of all that a client or a link opens: what is loaded later need not wait for them by name. */
export const leanStyles: Plugin = {
  name: 'meanwhile:lean-styles',
  apply: 'build',
  enforce: 'post',
  generateBundle: {
    order: 'post',
    handler(_, bundle) {
      const page = bundle['index.html']
      if (page?.type !== 'asset') return
      for (const chunk of Object.values(bundle)) {
        if (chunk.type !== 'chunk') continue
        const list = /^const __vite__mapDeps=[^\n]*m\.f=\["([^"]+)"\][^\n]*\n/.exec(chunk.code)
        if (!list || !String(page.source).includes(`rel="stylesheet" crossorigin href="/${list[1]}"`)) continue
        chunk.code = chunk.code.slice(list[0].length).replaceAll(/,\s*__vite__mapDeps\(\[0\]\)/g, '')
        if (chunk.code.includes('__vite__mapDeps')) this.error('Vite has changed here; look at leanStyles again.')
      }
    },
  },
}
