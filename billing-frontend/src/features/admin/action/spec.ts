/** One field of an action's form, as it travels from the page to the browser. Amounts are minor units. */
export type FieldSpec = { name: string; label: string; hint?: string; isRequired?: boolean } & (
  | { kind: "text" | "textarea"; value?: string; most?: number; isCode?: boolean }
  | { kind: "number"; value?: number; least?: number; most?: number }
  | { kind: "money"; currency: string; value?: number; most?: number; isSigned?: boolean }
  | { kind: "select"; value?: string; options: { value: string; label: string }[] }
  | { kind: "checkbox"; value?: boolean }
  | { kind: "date"; value?: string }
);

export interface ActionTexts {
  button: string;
  title: string;
  help?: string;
  submit: string;
  done: string;
  failed: string;
  cancel: string;
  close: string;
  required: string;
  amountWrong: string;
  numberWrong: string;
}

/** Everything the browser needs to do one thing: what to send where, what to ask before, what to say after. */
export interface ActionSpec {
  method: "POST" | "PATCH" | "DELETE";
  path: string;
  /** Sent along with what is typed. */
  fixed?: Record<string, unknown>;
  /** Null: nothing to ask, the button does it. */
  fields: FieldSpec[] | null;
  /** To be typed before it is done. */
  confirm?: { word: string; label: string };
  /** Page to go to when it is done; the present one is made anew without. */
  then?: string;
  /** Leave out of the request what was left empty; without, empty is sent as null. */
  omitsEmpty: boolean;
  texts: ActionTexts;
}
