import IntlMessageFormat from "intl-messageformat";
import { describe, expect, it } from "vitest";

import de from "@messages/de.json";
import en from "@messages/en.json";
import es from "@messages/es.json";

type Tree = { [name: string]: string | Tree };

function flat(tree: Tree, prefix = ""): [string, string][] {
  return Object.entries(tree).flatMap(([name, value]) => (typeof value === "string" ? [[prefix + name, value] as [string, string]] : flat(value, `${prefix}${name}.`)));
}

/** What a text has to be given: every argument with its kind, those inside of plurals too. */
function placeholders(text: string): string[] {
  const found = new Set<string>();
  const walk = (parts: ReturnType<IntlMessageFormat["getAst"]>) => {
    for (const part of parts) {
      if ("value" in part && part.type !== 0) found.add(`${part.type}:${part.value}`);
      if ("options" in part) for (const option of Object.values(part.options)) walk(option.value);
    }
  };
  walk(new IntlMessageFormat(text, "en").getAst());
  return [...found].sort();
}

const english = new Map(flat(en));

describe.each([
  ["de", de],
  ["es", es],
])("the texts in %s", (language, tree) => {
  const texts = flat(tree);

  it("are those of English, none missing and none too many", () => {
    expect(texts.map(([name]) => name)).toEqual([...english.keys()]);
  });

  it("take what the English ones take", () => {
    const wrong = texts.filter(([name, text]) => placeholders(text).join() !== placeholders(english.get(name) ?? "").join());
    expect(wrong).toEqual([]);
  });

  it("are not empty, and not English by oversight", () => {
    const longer = texts.filter(([, text]) => text.split(" ").length > 3);
    expect(longer.filter(([name, text]) => text === english.get(name))).toEqual([]);
    expect(texts.filter(([, text]) => !text.trim())).toEqual([]);
  });

  it("are set as the language sets them", () => {
    const all = texts.map(([, text]) => text).join("\n");
    expect(all).not.toMatch(/["]|\s[,.;]|'[^']*'/);
    expect(all).not.toMatch(language === "de" ? /[“«]\w|\w»|\b(du|dein\w*|dir)\b/i : /[“„]|\btú\b|\btus?\b/i);
  });
});
