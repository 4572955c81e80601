import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { DomainPage } from "@/features/admin/domains/detail";
import { DOMAINS } from "@/features/admin/domains/list";

export const generateMetadata = listMetadata(DOMAINS);

export default detailPage<{ id: string }>("domains:read", async ({ id }) => <DomainPage id={id} />);
