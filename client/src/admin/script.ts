/**
 * What the page does more where JavaScript runs: copying ids, and tabs without a reload. Each piece
 * may fail without taking anything away.
 */
export function script(copied: string): string {
  return `
const listen=(root)=>{
for(const button of root.querySelectorAll("[data-copy]")){
if(!navigator.clipboard)continue;
button.hidden=false;
const label=button.textContent;
button.addEventListener("click",async()=>{
await navigator.clipboard.writeText(button.dataset.copy);
button.textContent=${JSON.stringify(copied)};
setTimeout(()=>{button.textContent=label},2000);
});}};
listen(document);
document.addEventListener("click",async(event)=>{
const link=event.target.closest(".tabs a,.pages a");
if(!link||event.ctrlKey||event.metaKey||event.shiftKey||event.altKey||event.button)return;
event.preventDefault();
try{
const reply=await fetch(link.href,{credentials:"same-origin"});
const next=new DOMParser().parseFromString(await reply.text(),"text/html").getElementById("records");
if(!reply.ok||!next)throw 0;
document.getElementById("records").replaceWith(next);
history.replaceState(null,"",link.href);
document.querySelector(".tabs [aria-current]").focus();
}catch{location.assign(link.href)}
});
`;
}
