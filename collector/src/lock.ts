export interface DataDirectoryLock {
  release(): Promise<void>;
}
export declare function acquireDataDirectory(directory: string, waitMs: number): Promise<DataDirectoryLock>;
