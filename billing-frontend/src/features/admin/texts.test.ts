import { describe, expect, it } from "vitest";

import de from "@messages/admin/de.json";
import en from "@messages/admin/en.json";
import es from "@messages/admin/es.json";

type Tree = { [name: string]: string | Tree };

function flat(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]) => (typeof value === "string" ? [[prefix + name, value] as [string, string]] : flat(value, `${prefix}${name}.`)));
}

/** The names of what a text has to be given. */
function given(text: string): string {
  return [...new Set([...text.matchAll(/\{(\w+)(?=[},])/g)].map(([, name]) => name))].sort().join();
}

const english = new Map(flat(en));

describe.each([
  ["de", de],
  ["es", es],
])("the staff's texts in %s", (_, tree) => {
  const texts = flat(tree);

  it("are those of English, none missing and none too many", () => {
    expect(texts.map(([name]) => name)).toEqual([...english.keys()]);
  });

  it("take what the English ones take, and are empty only where those are", () => {
    const wrong = texts.filter(([name, text]) => {
      const original = english.get(name) ?? "";
      return given(text) !== given(original) || !text.trim() !== !original.trim();
    });
    expect(wrong).toEqual([]);
  });

  it("are not English by oversight", () => {
    expect(texts.filter(([name, text]) => text.split(" ").length > 3 && text === english.get(name))).toEqual([]);
  });
});
