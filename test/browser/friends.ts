/** Where most whole-app tests begin: a network of this machine, and Ann and Ben, who are contacts in it. */
import { type Running, start } from "../relay/process.ts";
import { newProfile, Person, type Profile } from "./people.ts";

export interface Friends {
  relay: Running;
  ann: Person;
  annProfile: Profile;
  ben: Person;
  benProfile: Profile;
}
/** `args`: of the bootstrap node. */
export async function friends(args = ["--peers", "8"]): Promise<Friends> {
  const relay = await start(args);
  const [annProfile, benProfile] = [await newProfile("Ann"), await newProfile("Ben")];
  const ann = await Person.open(annProfile, relay.url);
  await ann.begin();
  const ben = await ann.befriend((link) => Person.open(benProfile, link));
  return { relay, ann, annProfile, ben, benProfile };
}
