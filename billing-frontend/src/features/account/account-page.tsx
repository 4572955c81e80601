import { Card, CardBody } from "@nextpanel/ui/card";
import type { ReactNode } from "react";

/** The frame of log-in, registration and what arrives by mail: one thing to do, in the middle. */
export function AccountPage({ title, lead, children, foot }: { title: string; lead?: string; children: ReactNode; foot?: ReactNode }) {
  return (
    <div className="mx-auto w-full max-w-md px-4 pt-14 sm:pt-20">
      <header className="mb-6 text-center">
        <h1 className="text-title font-semibold">{title}</h1>
        {lead ? <p className="mt-2 text-muted">{lead}</p> : null}
      </header>
      <Card className="shadow-lifted">
        <CardBody className="sm:py-7">{children}</CardBody>
      </Card>
      {foot ? <p className="mt-6 text-center text-sm text-muted">{foot}</p> : null}
    </div>
  );
}
