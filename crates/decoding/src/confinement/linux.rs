//! Linux: a limit on memory, Landlock (since 5.13) and seccomp.

use std::collections::BTreeMap;

use landlock::{ABI, Access, AccessFs, AccessNet, Ruleset, RulesetAttr, RulesetStatus};
use rustix::process::{Resource, Rlimit, setrlimit};
use seccompiler::{
    BpfProgram, SeccompAction, SeccompCmpArgLen, SeccompCmpOp, SeccompCondition, SeccompFilter, SeccompRule,
    TargetArch, apply_filter,
};

use super::taken::Confinement;

pub(super) fn confine(memory: u64) -> Confinement {
    // What is mapped of files, such as the program itself, doesn't count.
    let bound = Rlimit { current: Some(memory), maximum: Some(memory) };
    let no_dumps = Rlimit { current: Some(0), maximum: Some(0) };
    let _ = setrlimit(Resource::Core, no_dumps);
    Confinement {
        memory: setrlimit(Resource::Data, bound).is_ok(),
        files: without_files().unwrap_or(false),
        calls: computing_only().is_some(),
    }
}

/// Landlock with no rule: nothing can be opened, and no TCP be used.
fn without_files() -> Result<bool, landlock::RulesetError> {
    let abi = ABI::V5;
    let status = Ruleset::default()
        .handle_access(AccessFs::from_all(abi))?
        .handle_access(AccessNet::from_all(abi))?
        .create()?
        .restrict_self()?;
    Ok(status.ruleset != RulesetStatus::NotEnforced)
}

/// Memory, threads, time, and the pipes that are open: what decoders use.
const ALLOWED: [i64; 33] = [
    libc::SYS_brk,
    libc::SYS_clock_gettime,
    libc::SYS_clock_nanosleep,
    libc::SYS_close,
    libc::SYS_exit,
    libc::SYS_exit_group,
    libc::SYS_futex,
    libc::SYS_getpid,
    libc::SYS_getrandom,
    libc::SYS_gettid,
    libc::SYS_gettimeofday,
    libc::SYS_madvise,
    libc::SYS_membarrier,
    libc::SYS_mmap,
    libc::SYS_mprotect,
    libc::SYS_mremap,
    libc::SYS_munmap,
    libc::SYS_nanosleep,
    libc::SYS_read,
    libc::SYS_readv,
    libc::SYS_restart_syscall,
    libc::SYS_rseq,
    libc::SYS_rt_sigaction,
    libc::SYS_rt_sigprocmask,
    libc::SYS_rt_sigreturn,
    libc::SYS_sched_getaffinity,
    libc::SYS_sched_yield,
    libc::SYS_set_robust_list,
    libc::SYS_sigaltstack,
    libc::SYS_tgkill,
    libc::SYS_uname,
    libc::SYS_write,
    libc::SYS_writev,
];

/// Everything else is answered as if the system had no such call, which makes the C library use `clone` for threads; of that,
/// threads only.
fn computing_only() -> Option<()> {
    let arch: TargetArch = std::env::consts::ARCH.try_into().ok()?;
    let mut rules: BTreeMap<i64, Vec<SeccompRule>> = ALLOWED.into_iter().map(|call| (call, Vec::new())).collect();
    let thread = u64::try_from(libc::CLONE_THREAD).ok()?;
    let is_thread = SeccompCondition::new(0, SeccompCmpArgLen::Qword, SeccompCmpOp::MaskedEq(thread), thread).ok()?;
    rules.insert(libc::SYS_clone, vec![SeccompRule::new(vec![is_thread]).ok()?]);
    let no_such_call = SeccompAction::Errno(u32::try_from(libc::ENOSYS).ok()?);
    let filter = SeccompFilter::new(rules, no_such_call, SeccompAction::Allow, arch).ok()?;
    let program: BpfProgram = filter.try_into().ok()?;
    apply_filter(&program).ok()
}
