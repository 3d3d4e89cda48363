export { createControllerServer, type ControllerServer } from './controller-server';
export {
  CONTROLLER_LIMITS,
  type ControllerServerConfig,
  type ControllerServerOptions,
} from './controller-server-options';
