// Turns what Node or PostgreSQL says about a start that failed into a sentence that says what to do.

import { StartProblem } from '../start-problem.ts';

/** The words of PostgreSQL (in English: it runs with LC_ALL=C) and of Node for one and the same cause. */
const causes = {
  diskFull: /No space left on device|could not extend file|Check free disk space|Disk quota exceeded|ENOSPC|EDQUOT/,
  // mkdir on a read-only disk: Node reports ENOENT when it makes the parents too.
  notAllowed:
    /Permission denied|Read-only file system|Operation not permitted|EACCES|EROFS|EPERM|ENOENT.*mkdir|wrong ownership/,
  notAFolder: /Not a directory|ENOTDIR|EEXIST/,
  otherVersion: /initialized by PostgreSQL version|database files are incompatible/,
};

/** @param said the message of a Node error, or the last lines of a program of PostgreSQL */
export function explainFailure(said: string, dataFolder: string, cause?: unknown): StartProblem {
  const explain = (zh: string, en: string) => new StartProblem({ zh, en }, { cause: cause ?? new Error(said) });
  const lines = said.trim().split('\n');
  const reason = lines.find((line) => /FATAL|PANIC|error:/.test(line)) ?? lines.at(-1) ?? '';
  if (causes.diskFull.test(said)) {
    return explain(
      `磁盘已满，数据目录 ${dataFolder} 写不下了。请腾出至少 500 MB 空间，或用 DATA_FOLDER 指定另一块磁盘上的目录，然后重新启动。`,
      `The disk is full: nothing more can be written to the data folder ${dataFolder}. Free at least 500 MB, or set DATA_FOLDER to a folder on another disk, then start again.`,
    );
  }
  if (causes.otherVersion.test(said)) return otherVersion(dataFolder, '?', '?');
  if (causes.notAllowed.test(said)) {
    return explain(
      `没有权限读写数据目录 ${dataFolder}（${reason}）。请用它的所有者启动，或用 DATA_FOLDER 指定一个可写的目录。`,
      `The data folder ${dataFolder} cannot be read and written (${reason}). Start as its owner, or set DATA_FOLDER to a folder you can write to.`,
    );
  }
  if (causes.notAFolder.test(said)) {
    return explain(
      `数据目录 ${dataFolder} 不是文件夹。请移走同名文件，或用 DATA_FOLDER 指定另一个目录。`,
      `The data folder ${dataFolder} is not a folder. Move the file of that name away, or set DATA_FOLDER to another folder.`,
    );
  }
  return explain(
    `自带的 PostgreSQL 没有启动成功（${reason}）。请检查数据目录 ${dataFolder}，或设置 DATABASE_URL 使用您自己的 PostgreSQL。`,
    `The bundled PostgreSQL did not start (${reason}). Check the data folder ${dataFolder}, or set DATABASE_URL to use a PostgreSQL of your own.`,
  );
}

export function alreadyRunning(dataFolder: string, pid: string, port: string): StartProblem {
  return new StartProblem({
    zh: `数据目录 ${dataFolder} 正由另一个 PostgreSQL 使用（进程 ${pid}，端口 ${port}）。请先停止那一个服务（或结束进程 ${pid}），或用 DATA_FOLDER 指定另一个目录。`,
    en: `Another PostgreSQL is using the data folder ${dataFolder} (process ${pid}, port ${port}). Stop that service first (or end process ${pid}), or set DATA_FOLDER to another folder.`,
  });
}

export function otherVersion(dataFolder: string, found: string, needed: string): StartProblem {
  return new StartProblem({
    zh: `数据目录 ${dataFolder} 属于 PostgreSQL ${found}，自带的是 PostgreSQL ${needed}，不能直接打开。请用 DATA_FOLDER 指定另一个目录，或用 PostgreSQL ${found} 导出后再导入。`,
    en: `The data folder ${dataFolder} belongs to PostgreSQL ${found}; the bundled one is PostgreSQL ${needed} and cannot open it. Set DATA_FOLDER to another folder, or dump it with PostgreSQL ${found} and restore it here.`,
  });
}

export function otherOwner(folder: string, uid: number): StartProblem {
  return new StartProblem({
    zh: `数据库目录 ${folder} 属于另一个用户（uid ${uid}）。请用该用户（或 root）启动，或用 DATA_FOLDER 指定另一个目录。`,
    en: `The database folder ${folder} belongs to another user (uid ${uid}). Start as that user (or as root), or set DATA_FOLDER to another folder.`,
  });
}

export function ownedByRoot(folder: string): StartProblem {
  return new StartProblem({
    zh: `数据库目录 ${folder} 属于 root，而 PostgreSQL 不能以 root 运行。请运行 chown -R nobody "${folder}"，或用 DATA_FOLDER 指定另一个目录。`,
    en: `The database folder ${folder} belongs to root, and PostgreSQL does not run as root. Run chown -R nobody "${folder}", or set DATA_FOLDER to another folder.`,
  });
}

export function notOurFolder(folder: string): StartProblem {
  return new StartProblem({
    zh: `目录 ${folder} 里有别的内容，不是本系统的数据库。请把它移走，或用 DATA_FOLDER 指定另一个目录。`,
    en: `The folder ${folder} holds something else than this service's database. Move it away, or set DATA_FOLDER to another folder.`,
  });
}
