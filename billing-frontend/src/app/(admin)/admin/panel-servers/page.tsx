import { NewServer, PANEL_SERVERS } from "@/features/admin/panels/servers";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(PANEL_SERVERS);

export default listPage(PANEL_SERVERS, NewServer);
