/** Version of the engine as plans carry it. It rises whenever the same scenario, seed and moves may give another plan. */
export const ENGINE_VERSION = 'gongfang-engine/0.4.0';
