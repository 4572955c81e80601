import "server-only";

import type { ComponentProps } from "react";

import type { paths } from "@/lib/billing-api";

import { formats } from "../formats";
import { type Permission, may } from "../staff";
import { type AdminMessages, adminTexts } from "../texts";
import { ActionButton } from "./action-button";
import type { ActionSpec, FieldSpec } from "./spec";

type Method = "post" | "patch" | "delete";
type PathWith<M extends Method> = { [P in keyof paths]: paths[P] extends Record<M, { responses: unknown }> ? P : never }[keyof paths];
type BodyOf<P extends keyof paths, M extends Method> = paths[P] extends Record<M, { requestBody: { content: { "application/json": infer B } } }>
  ? B
  : never;

/** A union without losing what belongs together in each of its parts. */
type Without<T, K extends PropertyKey> = T extends unknown ? Omit<T, K> : never;
/** A field whose label and hint come from the texts, and options as codes. */
type Plain = Without<FieldSpec, "label" | "name" | "hint" | "options">;
export type FieldConfig<Name extends string> = Plain & { name: Name; options?: readonly string[]; hint?: keyof AdminMessages["hints"] };

export type ActionName = keyof AdminMessages["actions"];

interface ActionConfig<P extends keyof paths, M extends Method> {
  name: ActionName;
  method: M;
  api: P;
  /** Values for the parts of the path in braces. */
  at?: Record<string, string>;
  permission: Permission;
  fields?: readonly FieldConfig<keyof BodyOf<P, M> & string>[];
  fixed?: Partial<BodyOf<P, M>>;
  /** What has to be typed before, such as the name of what goes. */
  confirm?: string;
  then?: string;
  /** What was left empty is sent as null, because it means something, such as no limit. */
  sendsEmpty?: boolean;
  variant?: ComponentProps<typeof ActionButton>["variant"];
}

function filled(path: string, at: Record<string, string>): string {
  return path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(at[name] ?? ""));
}

async function toFields(fields: readonly FieldConfig<string>[]): Promise<FieldSpec[]> {
  const [f, hints] = await Promise.all([formats(), adminTexts("hints")]);
  return fields.map(({ options, hint, ...field }) => {
    const named = { ...field, label: f.field(field.name), ...(hint ? { hint: hints(hint) } : {}) };
    const choices = options?.map((value) => ({ value, label: value === "" ? "–" : f.word(value) }));
    return (choices ? { ...named, options: choices } : named) as FieldSpec;
  });
}

/** A button for one change of the API, checked against its contract; not there for those who may not. */
export async function Action<P extends PathWith<M>, M extends Method>({ config }: { config: ActionConfig<P, M> }) {
  if (!(await may(config.permission))) return null;
  const [t, form] = await Promise.all([adminTexts("actions"), adminTexts("form")]);
  const { name } = config;
  const spec: ActionSpec = {
    method: config.method.toUpperCase() as ActionSpec["method"],
    path: filled(config.api as string, config.at ?? {}),
    fixed: config.fixed as Record<string, unknown> | undefined,
    fields: config.fields ? await toFields(config.fields) : null,
    confirm: config.confirm ? { word: config.confirm, label: form("confirm", { word: config.confirm }) } : undefined,
    then: config.then,
    omitsEmpty: config.method === "post" && !config.sendsEmpty,
    texts: {
      button: t(`${name}.button`),
      title: t(`${name}.title`),
      help: t(`${name}.help`) || undefined,
      submit: t(`${name}.submit`),
      done: t(`${name}.done`),
      failed: t(`${name}.failed`),
      cancel: form("cancel"),
      close: form("close"),
      required: form("required"),
      amountWrong: form("amountWrong"),
      numberWrong: form("numberWrong"),
    },
  };
  return <ActionButton spec={spec} variant={config.variant} />;
}
