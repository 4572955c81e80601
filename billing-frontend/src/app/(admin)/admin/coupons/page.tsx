import { NewCoupon, COUPONS } from "@/features/admin/catalog/coupons";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(COUPONS);

export default listPage(COUPONS, NewCoupon);
