import { detailPage } from "@/features/admin/detail";
import { DunningPage } from "@/features/admin/dunning/dunning-page";
import { DUNNING_BRAKES } from "@/features/admin/dunning/list";
import { listMetadata } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(DUNNING_BRAKES);

export default detailPage("dunning:read", async (_, params) => <DunningPage view="brakes" params={params} />);
