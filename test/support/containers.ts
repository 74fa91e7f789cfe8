// Containers as the last resort for a service that tests need. Testcontainers is asked for a runtime: it knows Docker,
// Podman, Colima and remote ones, where looking for a `docker` program would find none or one that does not work.

import type { Service } from './global-setup.ts';

export async function hasContainerRuntime(): Promise<boolean> {
  const { getContainerRuntimeClient } = await import('testcontainers');
  return getContainerRuntimeClient().then(
    () => true,
    () => false,
  );
}

/** Testcontainers' own watcher removes the container should this process be killed. */
export async function startContainer(
  image: string,
  port: number,
  environment: Record<string, string> = {},
): Promise<Service<{ host: string; port: number }>> {
  const { GenericContainer } = await import('testcontainers');
  const container = await new GenericContainer(image).withEnvironment(environment).withExposedPorts(port).start();
  return {
    address: { host: container.getHost(), port: container.getMappedPort(port) },
    stop: async () => void (await container.stop()),
  };
}
