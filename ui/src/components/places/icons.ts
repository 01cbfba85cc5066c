import Cloud from '@lucide/svelte/icons/cloud';
import HardDrive from '@lucide/svelte/icons/hard-drive';
import User from '@lucide/svelte/icons/user';

/** What stands for each kind of place. */
export const placeIcons = { this_computer: HardDrive, bucket: Cloud, account: User };
