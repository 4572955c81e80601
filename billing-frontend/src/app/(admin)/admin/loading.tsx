import { Card } from "@nextpanel/ui/card";
import { TableSkeleton } from "@nextpanel/ui/data-table";
import { Skeleton } from "@nextpanel/ui/page";

import { adminTexts } from "@/features/admin/texts";

export default async function Loading() {
  const t = await adminTexts("list");
  return (
    <>
      <Skeleton className="h-7 w-48" />
      <Skeleton className="mb-6 mt-2 h-5 w-80 max-w-full" />
      <Card className="overflow-hidden">
        <TableSkeleton label={t("loading")} />
      </Card>
    </>
  );
}
