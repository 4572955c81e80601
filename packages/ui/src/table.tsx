import type { ComponentProps } from "react";

import { cn } from "./lib/cn";

/** A table that scrolls inside its card when the screen is narrower than it. */
export function Table({ className, ...props }: ComponentProps<"table">) {
  return (
    <div className="overflow-x-auto">
      <table className={cn("w-full border-collapse text-sm", className)} {...props} />
    </div>
  );
}

export function HeadCell({ className, ...props }: ComponentProps<"th">) {
  return (
    <th
      scope="col"
      className={cn("whitespace-nowrap border-b px-5 py-3 text-left text-xs font-medium text-muted sm:px-6", className)}
      {...props}
    />
  );
}

export function Row({ className, ...props }: ComponentProps<"tr">) {
  return <tr className={cn("group relative border-b last:border-0 hover:bg-sunken/60", className)} {...props} />;
}

export function Cell({ className, ...props }: ComponentProps<"td">) {
  return <td className={cn("px-5 py-3.5 align-middle sm:px-6", className)} {...props} />;
}
