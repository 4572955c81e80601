import type { ComponentProps, ComponentType } from "react";

/** Whatever draws a link: the router's own, or `"a"`. */
export type LinkComponent = ComponentType<ComponentProps<"a"> & { href: string }>;
