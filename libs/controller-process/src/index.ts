export { createControllerProcess, type ControllerProcess, type ControllerProcessOptions } from './controller-process';
