import { InvoiceDetail } from "@/features/admin/invoices/detail";
import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { INVOICES } from "@/features/admin/invoices/list";

export const generateMetadata = listMetadata(INVOICES);

export default detailPage<{ id: string }>("invoices:read", async ({ id }) => <InvoiceDetail id={id} />);
