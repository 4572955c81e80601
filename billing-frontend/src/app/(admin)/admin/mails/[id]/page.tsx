import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { MailPage } from "@/features/admin/mails/detail";
import { MAILS } from "@/features/admin/mails/list";

export const generateMetadata = listMetadata(MAILS);

export default detailPage<{ id: string }>("mail:read", async ({ id }) => <MailPage id={id} />);
