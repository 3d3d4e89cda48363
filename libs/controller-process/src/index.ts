export {
  createControllerProcess,
  type ControllerProcess,
  type ControllerProcessOptions,
  type SharedNode,
} from './controller-process';
