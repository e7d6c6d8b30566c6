export { createWizardHandler } from "../wizard/handler.ts";
export type {
  WizardField,
  WizardOptions,
  WizardStep,
  WizardValues,
} from "../wizard/types.ts";
export {
  type AdminOptions,
  type Authorize,
  createAdminHandler,
  type PageHandler,
  type PageReply,
  type PageRequest,
} from "./handler.ts";
export { decidedSentence, statusSentence } from "./status.ts";
