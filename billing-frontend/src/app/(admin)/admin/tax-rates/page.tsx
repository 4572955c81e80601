import { NewTaxRate, TAX_RATES } from "@/features/admin/tax/list";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(TAX_RATES);

export default listPage(TAX_RATES, NewTaxRate);
