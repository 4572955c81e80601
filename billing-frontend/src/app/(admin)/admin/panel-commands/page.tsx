import { PANEL_COMMANDS } from "@/features/admin/panels/commands";
import { listMetadata, listPage } from "@/features/admin/list/list-view";

export const generateMetadata = listMetadata(PANEL_COMMANDS);

export default listPage(PANEL_COMMANDS);
