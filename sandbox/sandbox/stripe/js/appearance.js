// Themes, variables and rules of the Appearance API, turned into the style sheet of an element's shadow tree.

const SYSTEM_FONT = 'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif';
const LIGHT = {
  colorPrimary: "#0570de",
  colorBackground: "#ffffff",
  colorText: "#30313d",
  colorTextSecondary: "#5c5f6b",
  colorTextPlaceholder: "#6d6e78",
  colorDanger: "#c4123a",
  borderColor: "#8a8d98",
  fontFamily: SYSTEM_FONT,
  fontSizeBase: "16px",
  fontLineHeight: "1.4",
  spacingUnit: "4px",
  gridRowSpacing: "12px",
  gridColumnSpacing: "12px",
  borderRadius: "5px",
  focusOutline: "2px",
};
const THEMES = {
  stripe: LIGHT,
  flat: {
    ...LIGHT,
    colorPrimary: "#3a3c48",
    colorBackground: "#f1f1f4",
    colorTextPlaceholder: "#5c5f6b",
    borderColor: "transparent",
  },
  night: {
    ...LIGHT,
    colorPrimary: "#85d996",
    colorBackground: "#30313d",
    colorText: "#ffffff",
    colorTextSecondary: "#c9cad3",
    colorTextPlaceholder: "#a9acb9",
    colorDanger: "#ff9db2",
    borderColor: "#8a8d98",
  },
  none: LIGHT,
};

const BASE_STYLE = `
:host { display: block; }
.Form { border: 0; margin: 0; padding: 0; min-width: 0; display: grid; grid-template-columns: 1fr 1fr;
  gap: var(--gridRowSpacing) var(--gridColumnSpacing); font-family: var(--fontFamily); font-size: var(--fontSizeBase);
  line-height: var(--fontLineHeight); color: var(--colorText); }
.Field { min-width: 0; }
.Field--wide, .Notice { grid-column: 1 / -1; }
.Label { display: block; margin-bottom: var(--spacingUnit); font-size: 0.93em; color: var(--colorText); }
.Input { box-sizing: border-box; width: 100%; min-height: 44px; padding: calc(var(--spacingUnit) * 2)
  calc(var(--spacingUnit) * 3); font: inherit; color: var(--colorText); background: var(--colorBackground);
  border: 1px solid var(--borderColor); border-radius: var(--borderRadius); }
.Input::placeholder { color: var(--colorTextPlaceholder); opacity: 1; }
.Input:focus { border-color: var(--colorPrimary); outline: var(--focusOutline) solid var(--colorPrimary);
  outline-offset: 1px; }
.Input--invalid { color: var(--colorDanger); border-color: var(--colorDanger); }
.Error { margin: var(--spacingUnit) 0 0; font-size: 0.93em; color: var(--colorDanger); }
.Error:empty { display: none; }
.Notice { margin: 0; font-size: 0.86em; color: var(--colorTextSecondary); }
@media (max-width: 320px) { .Form { grid-template-columns: 1fr; } }
`;

const DIALOG_STYLE = `
dialog { box-sizing: border-box; width: min(26rem, calc(100vw - 2rem)); padding: 1.5rem; border: 1px solid GrayText;
  border-radius: 8px; font: 16px/1.5 ${SYSTEM_FONT}; color: CanvasText; background: Canvas; color-scheme: light dark; }
dialog::backdrop { background: rgb(0 0 0 / 0.5); }
h2 { margin: 0 0 0.5rem; font-size: 1.25rem; }
p { margin: 0 0 1rem; }
.actions { display: flex; flex-wrap: wrap; gap: 0.75rem; }
button { min-height: 44px; padding: 0 1rem; font: inherit; cursor: pointer; }
`;

function sheetOf(text) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(text);
  return sheet;
}

const kebab = (name) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

// The page's own values go through the CSS object model, so none of them can end a rule and start another.
function appearanceSheet(appearance = {}) {
  const theme = appearance.theme || "stripe";
  if (!(theme in THEMES)) throw new IntegrationError(`Invalid value for appearance.theme: ${theme}.`);
  const sheet = sheetOf(":host {}");
  const variables = { ...THEMES[theme], ...appearance.variables };
  for (const [name, value] of Object.entries(variables)) {
    sheet.cssRules[0].style.setProperty(`--${name}`, String(value));
  }
  for (const [selector, declarations] of Object.entries(appearance.rules || {})) {
    if (!/^\.[A-Za-z][\w-]*([.:][\w-]+(\([^(){}]*\))?)*$/.test(selector)) {
      throw new IntegrationError(`Invalid selector in appearance.rules: ${selector}.`);
    }
    const rule = sheet.cssRules[sheet.insertRule(`${selector} {}`, sheet.cssRules.length)];
    for (const [name, value] of Object.entries(declarations)) rule.style.setProperty(kebab(name), String(value));
  }
  return sheet;
}
