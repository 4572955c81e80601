import { detailPage } from "@/features/admin/detail";
import { DunningPage } from "@/features/admin/dunning/dunning-page";
import { DUNNING_CASES } from "@/features/admin/dunning/list";
import { listMetadata } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(DUNNING_CASES);

export default detailPage("dunning:read", async (_, params) => <DunningPage view="cases" params={params} />);
