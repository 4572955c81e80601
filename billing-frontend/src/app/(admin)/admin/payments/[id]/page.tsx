import { PaymentPage } from "@/features/admin/payments/detail";
import { detailPage } from "@/features/admin/detail";
import { listMetadata } from "@/features/admin/list/list-view";
import { PAYMENTS } from "@/features/admin/payments/list";

export const generateMetadata = listMetadata(PAYMENTS);

export default detailPage<{ id: string }>("invoices:read", async ({ id }) => <PaymentPage id={id} />);
