"""What the operating system refused, in Chinese: it says it in English itself."""

import errno

_SYSTEM = {
    errno.ENOENT: "没有这个文件或目录",
    errno.EACCES: "没有权限",
    errno.EPERM: "没有权限",
    errno.EISDIR: "这是目录，不是文件",
    errno.ENOTDIR: "路径中有一段不是目录",
    errno.ENOSPC: "磁盘已满",
    errno.EROFS: "所在磁盘只读",
    errno.EEXIST: "已经存在",
    errno.EADDRINUSE: "端口已被占用",
    errno.EADDRNOTAVAIL: "本机没有这个地址",
    errno.ENAMETOOLONG: "文件名过长",
}


def system_words(error: OSError) -> str:
    """As the system says it where it is none of the usual."""
    return _SYSTEM.get(error.errno or 0) or error.strerror or str(error)
