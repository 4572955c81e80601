import { Skeleton } from "@nextpanel/ui/page";

export default function Loading() {
  return (
    <div aria-busy>
      <Skeleton className="h-9 w-56" />
      <Skeleton className="mt-8 h-40 rounded-card" />
      <Skeleton className="mt-4 h-64 rounded-card" />
    </div>
  );
}
