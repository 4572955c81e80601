"use client";

import { Alert } from "@nextpanel/ui/alert";
import { Button } from "@nextpanel/ui/button";

interface ProblemPageProps {
  title: string;
  text: string;
  again: string;
  reference?: string;
  onAgain: () => void;
}

/** A page that could not be made: what happened, that nothing was lost, and the way to try again. */
export function ProblemPage({ title, text, again, reference, onAgain }: ProblemPageProps) {
  return (
    <div className="mx-auto max-w-lg px-4 py-20">
      <Alert
        tone="bad"
        title={title}
        actions={
          <Button size="sm" variant="secondary" onClick={onAgain}>
            {again}
          </Button>
        }
      >
        {text}
        {reference ? <code className="mt-1 block text-xs text-muted">{reference}</code> : null}
      </Alert>
    </div>
  );
}
